import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Permutation } from './permutation.js';
import { deriveSeed } from './seed.js';

const seedOf = (n: number) => deriveSeed(n, 'permutation');

describe('a permutation', () => {
  it('holds every index once, for any size and seed, whole or in slices', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(), fc.nat(), (size, seed, at) => {
        const permutation = new Permutation(size, seedOf(seed));
        const whole = permutation.slice(0, size);
        expect([...whole].sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
        const cut = at % (size + 1);
        expect([...permutation.slice(0, cut), ...permutation.slice(cut, size)]).toEqual([...whole]);
      }),
    );
  });

  it('is the same for the same seed and another for another', () => {
    const of = (seed: number) => new Permutation(1000, seedOf(seed)).slice(0, 1000);
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });

  it('sends every index everywhere equally often', () => {
    const seeds = 4000;
    const counts = Array.from({ length: 10 }, () => new Uint32Array(10));
    for (let seed = 0; seed < seeds; seed++) {
      new Permutation(10, seedOf(seed)).slice(0, 10).forEach((image, i) => {
        counts[i][image]++;
      });
    }
    // Expected 400 each; χ² with 81 degrees of freedom stays below 140 (p = 5e-5).
    const chi = counts.flatMap((row) => [...row]).reduce((sum, n) => sum + (n - 400) ** 2 / 400, 0);
    expect(chi).toBeLessThan(140);
  });
});
