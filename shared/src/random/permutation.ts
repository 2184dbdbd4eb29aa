/**
 * A seeded permutation of [0, n) that is computed where it is asked, not stored: a Feistel network
 * (Luby & Rackoff 1988) over the least power of two that holds n, walked along its cycle until it
 * lands in range (Black & Rogaway, "Ciphers with arbitrary finite domains", 2002). A slice of k
 * entries costs O(k), whatever n.
 */
import { Random } from './random.js';
import type { Seed } from './seed.js';

/** Even, so that halves of unequal width are back in their places at the end. */
const ROUNDS = 6;

export class Permutation {
  private readonly keys: readonly number[];
  private readonly leftBits: number;
  private readonly rightBits: number;

  /** @param size n, at most 2³⁰ */
  constructor(
    readonly size: number,
    seed: Seed,
  ) {
    const bits = Math.max(2, 32 - Math.clz32(Math.max(1, size - 1)));
    this.leftBits = bits >> 1;
    this.rightBits = bits - this.leftBits;
    const random = new Random(seed);
    this.keys = Array.from({ length: ROUNDS }, () => random.uint32());
  }

  /** The images of start, start + 1 … end − 1, for 0 ≤ start ≤ end ≤ n. */
  slice(start: number, end: number): Uint32Array {
    const images = new Uint32Array(end - start);
    for (let i = 0; i < images.length; i++) {
      let image = this.shuffled(start + i);
      while (image >= this.size) image = this.shuffled(image);
      images[i] = image;
    }
    return images;
  }

  private shuffled(index: number): number {
    let wide = this.rightBits;
    let narrow = this.leftBits;
    let left = index >>> wide;
    let right = index & ((1 << wide) - 1);
    for (const key of this.keys) {
      const mixed = left ^ (mix(right ^ key) & ((1 << narrow) - 1));
      left = right;
      right = mixed;
      const swapped = wide;
      wide = narrow;
      narrow = swapped;
    }
    return (left << wide) | right;
  }
}

/** The finalizer of MurmurHash3: every input bit reaches every output bit. */
function mix(word: number): number {
  let h = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
