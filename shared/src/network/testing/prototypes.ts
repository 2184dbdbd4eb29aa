/** A learnable data set for tests: ten classes, each around a random prototype of bits. */
import { BitMatrix } from '../../kernels/bits.js';
import { Random } from '../../random/random.js';
import { deriveSeed } from '../../random/seed.js';
import type { SingleLabelBits } from '../labeled-bits.js';

/** @param noise probability that a bit differs from its class's prototype */
export function prototypes(
  samples: number,
  bits: number,
  noise: number,
  seed: number,
): SingleLabelBits {
  const random = new Random(deriveSeed(seed, 'prototypes'));
  const centers = Array.from({ length: 10 }, () =>
    Array.from({ length: bits }, () => random.unit() < 0.5),
  );
  const matrix = BitMatrix.create(samples, bits);
  const labels = new Int32Array(samples);
  for (let i = 0; i < samples; i++) {
    labels[i] = random.below(10);
    const center = centers[labels[i]];
    for (let k = 0; k < bits; k++) matrix.set(i, k, center[k] !== random.unit() < noise);
  }
  return { bits: matrix, labels };
}
