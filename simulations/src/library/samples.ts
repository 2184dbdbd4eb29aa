/** What one gives to `simulate` as samples, and the latent bits that they become. */
import { cachedLatentBits, type ImageDataset } from '@fedhybnn/client/node';
import {
  type Extractor,
  encodeExtractorFile,
  FederationError,
  type LabeledBits,
  loadExtractor,
  type TaskSubject,
} from '@fedhybnn/shared';
import type { ImageSource, LabeledImages } from '../attacks/index.js';
import { extractorFileFor } from '../run/fit-extractor.js';

/**
 * Images, which an extractor turns into latent bits (a data set's, such as MNIST's, are kept on the
 * disk), or latent bits of one's own; with labels.
 */
export type SimulationSamples = LabeledImages | LabeledBits;

/** Samples that are ready to be dealt and trained on. */
export interface PreparedSamples {
  readonly training: LabeledBits;
  readonly test: LabeledBits;
  readonly extractorFile: Uint8Array;
  readonly extractor: Extractor;
  readonly input: TaskSubject['input'];
  /** Absent where the samples are latent bits. */
  readonly images?: ImageSource;
}

/** As many columns as an image of the `pixels` extractor may have. */
const WIDEST = 4096;

/**
 * Extracts latent bits where there are none yet.
 * @param extractorName for images, as `--extractor` takes it
 * @throws FederationError `bad-request` where training and test samples are not alike
 */
export async function prepareSamples(
  training: SimulationSamples,
  test: SimulationSamples,
  extractorName: string | undefined,
  seed: number,
): Promise<PreparedSamples> {
  if ('bits' in training && 'bits' in test) return ownBits(training, test);
  if ('bits' in training || 'bits' in test) {
    throw new FederationError(
      'bad-request',
      'simulate: training and test samples must both be images, or both be latent bits',
    );
  }
  const { images } = training;
  const dataset = { name: 'simulate', images, labels: training.labels, classes: [], sha256: '' };
  const choice = { extractor: extractorName, thresholds: 1, seed };
  const file = await extractorFileFor(choice, dataset);
  const extractor = await loadExtractor(file);
  const { width, height, channels } = images;
  return {
    training: await bitsOf(training, extractor),
    test: await bitsOf(test, extractor),
    extractorFile: file,
    extractor,
    input: { kind: 'image', width, height, channels: channels === 3 ? 3 : 1 },
    images: { training, test, extractor },
  };
}

/** A data set's bits are kept on the disk; images without a hash are extracted each time. */
async function bitsOf(samples: LabeledImages, extractor: Extractor): Promise<LabeledBits> {
  const bits = isDataset(samples)
    ? await cachedLatentBits({ extractor, dataset: samples })
    : await extractor.extract(samples.images);
  return { bits, labels: samples.labels };
}

function isDataset(samples: LabeledImages): samples is ImageDataset {
  return 'sha256' in samples && 'classes' in samples;
}

/** Names of the labels, where the samples bring them. */
export function labelNames(samples: SimulationSamples): readonly string[] | undefined {
  return 'images' in samples && isDataset(samples) ? samples.classes : undefined;
}

/** Bits of one's own stand in the task as the pixels of an image. */
async function ownBits(training: LabeledBits, test: LabeledBits): Promise<PreparedSamples> {
  const bits = training.bits.cols;
  let height = 1;
  while (bits % height !== 0 || bits / height > WIDEST) height++;
  const input = { width: bits / height, height, channels: 1 } as const;
  const extractorFile = encodeExtractorFile({
    header: { kind: 'pixels', name: 'own-bits', bits, input, threshold: 128, command: 'simulate' },
  });
  return {
    ...{ training, test, extractorFile },
    extractor: await loadExtractor(extractorFile),
    input: { kind: 'image', ...input },
  };
}
