/**
 * Makes a patches extractor from unlabeled images: learns the dictionary, fits thresholds on the
 * features of a sample, and writes the extractor file.
 *
 * The dictionary is the same on every machine; the features come from TensorFlow.js in f32, whose
 * last digits may differ between machines and move a threshold by a quantum. That is why the file
 * is made once, frozen, and named by its hash.
 */
import {
  chooseFractionBits,
  deriveSeed,
  encodeExtractorFile,
  type FittedFeature,
  fitThreshold,
  type ImageBatch,
  NEAR_CONSTANT,
  PATCH_RECIPE,
  type PatchDictionary,
  type PatchesHeader,
  patchFeatureCount,
  patchFeatures,
  Random,
  selectFeatures,
} from '@fedhybnn/shared';
import { entropy } from './bit-statistics.js';
import { choosePadding } from './choose-padding.js';
import { learnDictionary } from './patch-dictionary.js';
import { sampleImages } from './sample-images.js';

export interface PretrainOptions {
  /** Unlabeled images: dictionary and thresholds are learned from them. */
  readonly images: ImageBatch;
  /** Name in the file: letters, digits and hyphens. */
  readonly name: string;
  readonly filters: number;
  /** Cells of the pooling grid along each side. */
  readonly grid: number;
  /** L: how many of the filters · grid² features become bits. */
  readonly bits: number;
  readonly seed: number;
  /** How many of the images to use; default 10,000, or all where there are fewer. */
  readonly samples?: number | undefined;
  /** Side of a patch; default 5. */
  readonly size?: number | undefined;
  /** How many patches to learn from; default 60,000. */
  readonly patches?: number | undefined;
  /** What the images are, for the file. */
  readonly trainedOn: string;
  /** The command that was given, for the file. */
  readonly command: string;
  readonly onProgress?: ((progress: PretrainProgress) => void) | undefined;
}

export interface PretrainProgress {
  readonly stage: 'dictionary' | 'features' | 'thresholds';
  /** Share of the stage that is done, in (0, 1]. */
  readonly done: number;
}

export interface PretrainStatistics {
  /** Features before the selection. */
  readonly features: number;
  /** Share of them that are near-constant. */
  readonly nearConstant: number;
  /** Mean entropy of a chosen bit, in bits, at most 1. */
  readonly entropyPerBit: number;
  /** See the file's header. */
  readonly guardBand: number;
}

export interface Pretrained {
  /** The extractor file. */
  readonly file: Uint8Array;
  readonly statistics: PretrainStatistics;
}

const { rectifier, contrastFloor } = PATCH_RECIPE;
const DEFAULTS = { samples: 10_000, size: 5, patches: 60_000 } as const;

/** @throws FederationError `bad-request` naming the option that does not fit the images */
export async function pretrainPatches(options: PretrainOptions): Promise<Pretrained> {
  const { bits, filters, onProgress } = options;
  const size = options.size ?? DEFAULTS.size;
  const images = sampleImages(options.images, options.samples ?? DEFAULTS.samples, options.seed);
  const grid = { width: options.grid, height: options.grid };
  const padding = choosePadding(images, size, options.grid);
  const weights = learnDictionary({
    ...{ images, filters, size, seed: options.seed },
    patches: options.patches ?? DEFAULTS.patches,
    onProgress: (done) => onProgress?.({ stage: 'dictionary', done }),
  });
  const dictionary: PatchDictionary = {
    ...{ size, channels: images.channels, filters, padding, grid, weights },
    ...{ rectifier, contrastFloor },
  };
  const columns = await featureColumns(dictionary, images, (done) =>
    onProgress?.({ stage: 'features', done }),
  );
  const fractionBits = chooseFractionBits(largest(columns));
  const fitted = columns.map((column, f) => {
    const feature = fitThreshold(column, fractionBits);
    onProgress?.({ stage: 'thresholds', done: (f + 1) / columns.length });
    return feature;
  });
  const features = selectFeatures(
    fitted,
    bits,
    new Random(deriveSeed(options.seed, 'pretrain', 'features')),
  );
  const statistics = describeFit(fitted, features);
  const { width, height, channels } = images;
  const header: PatchesHeader = {
    kind: 'patches',
    name: options.name,
    bits,
    input: { width, height, channels },
    ...{ size, filters, padding, grid, fractionBits },
    ...{ rectifier, contrastFloor },
    trainedOn: options.trainedOn,
    command: options.command,
    guardBand: statistics.guardBand,
  };
  const file = encodeExtractorFile({
    header,
    arrays: {
      weights,
      features: Uint16Array.from(features),
      thresholds: Uint16Array.from(features, (f) => fitted[f].threshold),
    },
  });
  return { file, statistics };
}

/** The sample's values, one array a feature. */
async function featureColumns(
  dictionary: PatchDictionary,
  images: ImageBatch,
  onProgress: (done: number) => void,
): Promise<Float32Array[]> {
  const columns = Array.from(
    { length: patchFeatureCount(dictionary) },
    () => new Float32Array(images.count),
  );
  const scatter = (values: Float32Array, first: number, count: number) => {
    for (let i = 0; i < count; i++) {
      columns.forEach((column, f) => {
        column[first + i] = values[i * columns.length + f];
      });
    }
  };
  await patchFeatures(dictionary, images, scatter, onProgress);
  return columns;
}

function largest(columns: readonly Float32Array[]): number {
  return columns.reduce((most, column) => column.reduce((a, b) => Math.max(a, b), most), 0);
}

/** How the features that were chosen among those fitted divide the sample. */
export function describeFit(
  fitted: readonly FittedFeature[],
  features: readonly number[],
): PretrainStatistics {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const near = ({ share }: FittedFeature) => share < NEAR_CONSTANT || share > 1 - NEAR_CONSTANT;
  return {
    features: fitted.length,
    nearConstant: fitted.filter(near).length / fitted.length,
    entropyPerBit: mean(features.map((f) => entropy(fitted[f].share))),
    guardBand: mean(features.map((f) => fitted[f].guarded)),
  };
}
