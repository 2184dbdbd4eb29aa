/**
 * The fixed output code: class c is row c + 1 of Sylvester's Hadamard matrix, cut to the last hidden
 * layer's width. Rows are orthogonal (exactly so where the width is a power of two), so classes do
 * not compete for output weights: measured, the most valuable choice for non-IID federation.
 */
import { BitMatrix } from '../kernels/bits.js';

/**
 * The code as a bit matrix [classes][width]; entry (c, j) is (−1)^popcount((c + 1) ∧ j), +1 a set bit.
 * @param classes at most `width` − 1
 */
export function hadamardCode(classes: number, width: number): BitMatrix {
  const code = BitMatrix.create(classes, width);
  for (let c = 0; c < classes; c++) {
    for (let j = 0; j < width; j++) code.set(c, j, parity((c + 1) & j) === 0);
  }
  return code;
}

function parity(word: number): number {
  let bits = word;
  for (let shift = 16; shift > 0; shift >>= 1) bits ^= bits >>> shift;
  return bits & 1;
}
