/** The extractor of a run: shipped, a file, or fitted on the run's own training samples. */
import { type Dataset, requireImages, requireTable } from '@fedhybnn/client/node';
import { FederationError, type ImageBatch, responseSide } from '@fedhybnn/shared';
import { pixelsFile, pretrainPatches, pretrainQuantiles } from '../pretrain/index.js';
import { readExtractorFile } from './extractor-source.js';

/** Cells along a side of the pooling grid, the preferred first; 1 always fits. */
const GRIDS = [6, 7, 5, 8, 4, 3, 2, 1];
const PATCHES = { bits: 512, filters: 24, size: 5 } as const;
const THRESHOLD = 128;

export interface ExtractorChoice {
  /** A shipped extractor, a file, or a kind to fit; default by {@link defaultExtractor}. */
  readonly extractor?: string | undefined;
  readonly categorical?: readonly string[] | undefined;
  /** Thresholds of a numeric column. */
  readonly thresholds: number;
  readonly seed: number;
}

/**
 * The bytes of an extractor file for these samples. Fitting stands for a public sample: nothing but
 * the extractor comes of it, and no label is looked at.
 * @throws FederationError naming the option or column that does not fit
 */
export async function extractorFileFor(
  choice: ExtractorChoice,
  training: Dataset,
): Promise<Uint8Array> {
  const name = choice.extractor ?? defaultExtractor(training);
  const common = {
    trainedOn: `training samples of ${training.name}`,
    command: 'fedhybnn-simulate run',
  };
  if (name === 'patches') return fitPatches(requireImages(training).images, choice.seed, common);
  if (name === 'pixels') {
    const { images } = requireImages(training);
    if (!isMnistShaped(images)) return pixelsFile(images, 'pixels', THRESHOLD, common.command);
  }
  if (name !== 'quantiles') return readExtractorFile(name);
  const { thresholds, categorical } = choice;
  const { file } = pretrainQuantiles({
    ...{ table: requireTable(training).table, thresholds, categorical, name: 'quantiles' },
    ...common,
  });
  return file;
}

/** Tables: quantiles. Images of MNIST's shape: the shipped patches. Other images: patches of their own. */
function defaultExtractor(training: Dataset): string {
  if ('table' in training) return 'quantiles';
  return isMnistShaped(training.images) ? 'patches-512' : 'patches';
}

function isMnistShaped({ width, height, channels }: ImageBatch): boolean {
  return width === 28 && height === 28 && channels === 1;
}

async function fitPatches(
  images: ImageBatch,
  seed: number,
  common: { readonly trainedOn: string; readonly command: string },
): Promise<Uint8Array> {
  const { size } = PATCHES;
  const grid = GRIDS.find((cells) =>
    [0, 1, 2].some((padding) => {
      const sides = [images.width, images.height].map((s) => responseSide(s, { size, padding }));
      return sides.every((side) => side >= cells && side % cells === 0);
    }),
  );
  if (grid === undefined) {
    throw new FederationError(
      'bad-request',
      `images of ${images.width}×${images.height} are smaller than a patch of ${size}×${size}; raise --image-size`,
    );
  }
  const { file } = await pretrainPatches({
    ...{ images, grid, seed, ...PATCHES, name: 'patches' },
    ...common,
  });
  return file;
}
