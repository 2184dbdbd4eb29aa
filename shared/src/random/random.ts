/** A seeded stream of random numbers: the same on every engine, since it is 32-bit integer work. */
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { Seed } from './seed.js';

/** How many different draws there are: 2³². */
const DRAWS = 4_294_967_296;

/**
 * Random numbers from a {@link Seed} by xoroshiro128+ (Blackman & Vigna 2018, as in `pure-rand`).
 * Only the upper bits of each draw are used, since the generator's lowest bits are weaker.
 */
export class Random {
  private readonly generator;

  constructor(seed: Seed) {
    const state: number[] = [0, 8, 16, 24].map(
      (at) => Number.parseInt(seed.slice(at, at + 8), 16) | 0,
    );
    // The all-zero state is the generator's one fixed point.
    if (!state.some(Boolean)) state[0] = 1;
    this.generator = xoroshiro128plusFromState(state);
  }

  /** A uniform integer in [0, 2³²). */
  uint32(): number {
    return this.generator.next() >>> 0;
  }

  /** A uniform integer in [0, n), for 1 ≤ n ≤ 2³²; unbiased by rejection. */
  below(n: number): number {
    const limit = DRAWS - (DRAWS % n);
    for (;;) {
      const draw = this.uint32();
      if (draw < limit) return Math.floor(draw / (limit / n));
    }
  }

  /** A uniform multiple of 2⁻²⁴ in [0, 1): exact in f32. */
  unit(): number {
    return (this.uint32() >>> 8) / 16_777_216;
  }

  /** Shuffles in place (Fisher–Yates). Returns its argument. */
  shuffle<T extends Uint32Array | Int32Array | unknown[]>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const swapped = items[i];
      items[i] = items[j];
      items[j] = swapped;
    }
    return items;
  }

  /** `count` different integers of [0, n), ascending, in O(count) memory (Floyd's algorithm). */
  sample(n: number, count: number): number[] {
    const chosen = new Set<number>();
    for (let j = n - Math.min(count, n); j < n; j++) {
      const t = this.below(j + 1);
      chosen.add(chosen.has(t) ? j : t);
    }
    return [...chosen].sort((a, b) => a - b);
  }
}
