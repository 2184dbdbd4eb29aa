/** A federation small enough for tests: 8×8 black-and-white patterns of four kinds. */
import {
  BitMatrix,
  deriveSeed,
  encodeBitsFile,
  encodeExtractorFile,
  type ImageBatch,
  type LabeledBits,
  mnistTask,
  Random,
  type RuleSettings,
  sha256Hex,
  type Task,
} from '@fedhybnn/shared';

const SIDE = 8;
const BITS = SIDE * SIDE;
const CLASSES = 4;

/** The extractor file: input binarization at half intensity. */
export const tinyExtractor: Uint8Array = encodeExtractorFile({
  header: {
    kind: 'pixels',
    name: 'tiny-pixels',
    bits: BITS,
    input: { width: SIDE, height: SIDE, channels: 1 },
    threshold: 128,
    command: 'made by a test',
  },
});

export interface TinyTaskOptions {
  readonly rule?: RuleSettings['kind'];
  readonly hidden?: readonly number[];
  readonly rounds?: number;
  readonly goal?: number;
  readonly minimum?: number;
  readonly ready?: number;
  readonly epochs?: number;
  readonly deadlineMs?: number;
  readonly gatherMs?: number;
}

export function tinyTask(options: TinyTaskOptions = {}): Task {
  const { rule = 'sign-vote', hidden = [32] } = options;
  const { rounds = 3, goal = 3, minimum = goal, epochs = 1 } = options;
  const task = mnistTask({
    id: 'tiny',
    extractor: { sha256: sha256Hex(tinyExtractor), kind: 'pixels', bits: BITS },
    hidden,
    training: { batch: 16, epochs },
    rule,
    federation: {
      rounds,
      goal,
      minimum,
      ready: options.ready ?? goal,
      gatherMs: options.gatherMs ?? 60_000,
      deadlineMs: options.deadlineMs ?? 60_000,
      seed: 7,
    },
  });
  return {
    ...task,
    input: { kind: 'image', width: SIDE, height: SIDE, channels: 1 },
    labels: ['a', 'b', 'c', 'd'],
  };
}

/** Images around four fixed patterns, each pixel flipped with probability 1/8. */
export function tinyImages(
  samples: number,
  seed: number,
): { readonly images: ImageBatch; readonly labels: Int32Array } {
  const patterns = new Random(deriveSeed('tiny patterns'));
  const pattern = Uint8Array.from({ length: CLASSES * BITS }, () => patterns.below(2));
  const random = new Random(deriveSeed(seed, 'tiny images'));
  const labels = Int32Array.from({ length: samples }, () => random.below(CLASSES));
  const pixels = new Uint8Array(samples * BITS);
  for (let i = 0; i < pixels.length; i++) {
    const label = labels[Math.floor(i / BITS)];
    const flipped = random.below(8) === 0 ? 1 : 0;
    pixels[i] = 255 * (pattern[label * BITS + (i % BITS)] ^ flipped);
  }
  return { images: { count: samples, width: SIDE, height: SIDE, channels: 1, pixels }, labels };
}

/** The same as the extractor would give. */
export function tinyBits(samples: number, seed: number): LabeledBits {
  const { images, labels } = tinyImages(samples, seed);
  const signs = Float32Array.from(images.pixels, (pixel) => (pixel >= 128 ? 1 : -1));
  return { bits: BitMatrix.fromSigns(samples, BITS, signs), labels };
}

/** An evaluation set as a file. */
export function tinyEvaluation(): Uint8Array {
  return encodeBitsFile(tinyBits(200, 1000), CLASSES);
}
