/** Labeled bits that can be learned: ten patterns of 64 bits, each bit flipped with probability 1/8. */
import { BitMatrix, deriveSeed, type LabeledBits, Random } from '@fedhybnn/shared';

const BITS = 64;
const CLASSES = 10;

export function classBits(samples: number, seed: number): LabeledBits {
  const patterns = new Random(deriveSeed('class patterns'));
  const pattern = Uint8Array.from({ length: CLASSES * BITS }, () => patterns.below(2));
  const random = new Random(deriveSeed(seed, 'class bits'));
  const labels = Int32Array.from({ length: samples }, () => random.below(CLASSES));
  const signs = Float32Array.from({ length: samples * BITS }, (_, i) => {
    const bit = pattern[labels[Math.floor(i / BITS)] * BITS + (i % BITS)];
    return (random.below(8) === 0 ? 1 - bit : bit) === 1 ? 1 : -1;
  });
  return { bits: BitMatrix.fromSigns(samples, BITS, signs), labels };
}
