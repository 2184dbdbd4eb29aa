/** Makes a `tfjs` extractor of a model: fits a median for each coordinate of its rotated output. */
import {
  createRotation,
  deriveSeed,
  encodeExtractorFile,
  FederationError,
  type ImageBatch,
  openTfjsModel,
  powerOfTwo,
  rotationLength,
  TFJS_BATCH,
  type TfjsHeader,
  toSignedFixedPoint,
} from '@fedhybnn/shared';
import { sampleImages } from '../sample-images.js';
import type { ModelSource } from './read-model.js';

export interface TfjsPretraining {
  readonly images: ImageBatch;
  readonly model: ModelSource;
  readonly output: string;
  readonly range: TfjsHeader['range'];
  readonly bits: number;
  /** Images to fit on. */
  readonly samples: number;
  readonly seed: number;
  readonly name: string;
  readonly trainedOn: string;
  readonly command: string;
  /** Called with the share done, in (0, 1]. */
  readonly onProgress?: (done: number) => void;
}

export interface TfjsStatistics {
  /** Values of the model's output. */
  readonly features: number;
  readonly guardBand: number;
}

const LARGEST = 32_767;

/** @throws FederationError `bad-request` or `file-corrupt` naming what does not fit */
export async function pretrainTfjs(
  options: TfjsPretraining,
): Promise<{ readonly file: Uint8Array; readonly statistics: TfjsStatistics }> {
  const { model: source, output, range, bits, seed } = options;
  const images = sampleImages(options.images, options.samples, seed);
  const { width, height, channels } = images;
  const input = { width, height, channels };
  const choice = { format: source.format, output, range };
  const model = await openTfjsModel(choice, source.topology, source.weights, input);
  const { features } = model;
  if (bits > rotationLength(features)) {
    throw new FederationError(
      'bad-request',
      `--bits ${bits}: the model's ${features} features make at most ${rotationLength(features)} bits; lower it, or take a wider layer by --model-output`,
    );
  }
  const rotationSeed = deriveSeed(seed, 'pretrain', 'rotation');
  const rotation = createRotation(rotationSeed, features, bits);
  const columns = Array.from({ length: bits }, () => new Float64Array(images.count));
  for (let first = 0; first < images.count; first += TFJS_BATCH) {
    const count = Math.min(TFJS_BATCH, images.count - first);
    const values = await model.run(images, first, count);
    for (let i = 0; i < count; i++) {
      rotation.apply(values, i * features).forEach((value, bit) => {
        columns[bit][first + i] = value;
      });
    }
    options.onProgress?.((first + count) / images.count);
  }
  model.dispose();
  const fractionBits = chooseFractionBits(columns);
  const fitted = columns.map((column) => {
    const fixed = Int16Array.from(column, (value) =>
      toSignedFixedPoint(value, fractionBits),
    ).sort();
    const threshold = fixed[fixed.length >> 1];
    const guarded = fixed.filter((value) => Math.abs(value - threshold) <= 1).length;
    return { threshold, guarded: guarded / fixed.length };
  });
  const guardBand = fitted.reduce((sum, { guarded }) => sum + guarded, 0) / bits;
  const header: TfjsHeader = {
    ...{ kind: 'tfjs', name: options.name, bits, input, ...choice, features, fractionBits },
    ...{ rotation: rotationSeed, guardBand },
    ...{ topologyBytes: source.topology.length, weightBytes: source.weights.length },
    ...{ trainedOn: options.trainedOn, command: options.command },
  };
  const file = encodeExtractorFile({
    header,
    model: {
      thresholds: Int16Array.from(fitted, ({ threshold }) => threshold),
      topology: source.topology,
      weights: source.weights,
    },
  });
  return { file, statistics: { features, guardBand } };
}

/** The finest fixed point that holds the largest coordinate in 16 bits. */
function chooseFractionBits(columns: readonly Float64Array[]): number {
  const largest = columns.reduce(
    (most, column) => column.reduce((a, b) => Math.max(a, Math.abs(b)), most),
    0,
  );
  if (!Number.isFinite(largest)) {
    throw new FederationError(
      'bad-request',
      '--model: its output is not finite on the images; check --range',
    );
  }
  let bits = 24;
  while (bits > -16 && largest * powerOfTwo(bits) > LARGEST) bits--;
  return bits;
}
