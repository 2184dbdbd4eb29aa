import { deriveSeed, type ImageBatch, Random } from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { learnDictionary } from './patch-dictionary.js';

function noise(count: number, side: number, channels = 1): ImageBatch {
  const random = new Random(deriveSeed(4, 'noise'));
  const pixels = Uint8Array.from({ length: count * side * side * channels }, () =>
    random.below(256),
  );
  return { count, width: side, height: side, channels, pixels };
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i], 0);

describe('a learned dictionary', () => {
  const options = { images: noise(20, 10), filters: 6, size: 3, patches: 500 };

  it('is decided by its seed', () => {
    const first = learnDictionary({ ...options, seed: 1 });
    expect(learnDictionary({ ...options, seed: 1 })).toEqual(first);
    expect(learnDictionary({ ...options, seed: 2 })).not.toEqual(first);
  });

  it('has filters that differ and sum to 0', () => {
    const weights = learnDictionary({ ...options, seed: 1 });
    expect(weights).toHaveLength(9 * 6);
    const filters = Array.from({ length: 6 }, (_, f) => weights.filter((_, i) => i % 6 === f));
    filters.forEach((filter, f) => {
      expect(dot(filter, new Array(9).fill(1))).toBeCloseTo(0, 5);
      expect(dot(filter, filter)).toBeGreaterThan(0.1);
      for (const other of filters.slice(f + 1)) {
        const cosine = dot(filter, other) / Math.sqrt(dot(filter, filter) * dot(other, other));
        expect(Math.abs(cosine)).toBeLessThan(0.99);
      }
    });
  });
});
