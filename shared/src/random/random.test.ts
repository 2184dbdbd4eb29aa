import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveSeed, Random } from './index.js';

const seeds = fc.integer({ min: 0, max: 2 ** 31 }).map((n) => deriveSeed(n, 'test'));

/** xoroshiro128+ with 64-bit integers, from the published C code (24, 16, 37). */
function* xoroshiro(seed: string): Generator<bigint> {
  const mask = (1n << 64n) - 1n;
  const rotl = (x: bigint, k: bigint) => ((x << k) | (x >> (64n - k))) & mask;
  const word = (at: number) => BigInt(`0x${seed.slice(at, at + 8)}`);
  let s0 = (word(0) << 32n) | word(8);
  let s1 = (word(16) << 32n) | word(24);
  for (;;) {
    yield (s0 + s1) & mask;
    const x = s0 ^ s1;
    s0 = rotl(s0, 24n) ^ x ^ ((x << 16n) & mask);
    s1 = rotl(x, 37n);
  }
}

describe('seeds', () => {
  it('is the first half of SHA-256 over the JSON path', () => {
    // printf '[1,"round",2]' | sha256sum
    expect(deriveSeed(1, 'round', 2)).toBe('edd30d9da62ba96083f9282fc7d82d4a');
  });

  it('tells apart paths that only differ in how they are cut', () => {
    expect(deriveSeed(1, 'a', 'b')).not.toBe(deriveSeed(1, 'ab'));
    expect(deriveSeed(1, '2')).not.toBe(deriveSeed(1, 2));
  });
});

describe('Random', () => {
  it('is xoroshiro128+ on the words of the seed', () => {
    const seed = deriveSeed(7, 'known answer');
    const random = new Random(seed);
    const reference = xoroshiro(seed);
    for (let i = 0; i < 50; i++) {
      expect(random.uint32()).toBe(Number((reference.next().value as bigint) & 0xffffffffn));
    }
  });

  it('draws below n without leaving the range, and reaches every value', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 20 }), (seed, n) => {
        const random = new Random(seed);
        const seen = new Set<number>();
        for (let i = 0; i < 400; i++) seen.add(random.below(n));
        expect(seen.size).toBe(n);
        expect(Math.min(...seen)).toBe(0);
        expect(Math.max(...seen)).toBe(n - 1);
      }),
      { numRuns: 30 },
    );
  });

  it('draws units that are exact in f32 and uniform', () => {
    const random = new Random(deriveSeed(3, 'uniform'));
    let sum = 0;
    for (let i = 0; i < 10_000; i++) {
      const x = random.unit();
      expect(Math.fround(x)).toBe(x);
      sum += x;
    }
    expect(Math.abs(sum / 10_000 - 0.5)).toBeLessThan(0.015);
  });

  it('shuffles to a permutation that the seed decides', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 200 }), (seed, n) => {
        const deck = () => Uint32Array.from({ length: n }, (_, i) => i);
        const shuffled = new Random(seed).shuffle(deck());
        expect(new Random(seed).shuffle(deck())).toEqual(shuffled);
        expect([...shuffled].sort((a, b) => a - b)).toEqual([...deck()]);
      }),
    );
  });

  it('samples different integers in ascending order', () => {
    fc.assert(
      fc.property(seeds, fc.nat(500), fc.nat(500), (seed, n, count) => {
        const sample = new Random(seed).sample(n, count);
        expect(sample).toHaveLength(Math.min(n, count));
        for (let i = 1; i < sample.length; i++) expect(sample[i]).toBeGreaterThan(sample[i - 1]);
        for (const x of sample) expect(x).toBeLessThan(n);
      }),
    );
  });
});
