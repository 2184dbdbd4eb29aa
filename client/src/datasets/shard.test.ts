import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ImageDataset, shardIndices, takeShard } from './index.js';

function numbered(count: number): ImageDataset {
  // Image i is filled with i and has label i % 3.
  const pixels = Uint8Array.from({ length: 4 * count }, (_, i) => Math.floor(i / 4));
  return {
    name: 'numbered',
    images: { count, width: 2, height: 2, channels: 1, pixels },
    labels: Int32Array.from({ length: count }, (_, i) => i % 3),
    classes: ['a', 'b', 'c'],
    sha256: '0'.repeat(64),
  };
}

describe('shards', () => {
  it('hold every sample once, in sizes that differ by at most one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 40 }), (n, k) => {
        const shards = Math.min(n, k);
        const all = Array.from({ length: shards }, (_, s) => shardIndices('d', n, s + 1, shards));
        const sizes = all.map((shard) => shard.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        const samples = all.flatMap((shard) => [...shard]).sort((a, b) => a - b);
        expect(samples).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
    );
  });

  it('are the same on each call, and others for another name or number of shards', () => {
    const shard = shardIndices('mnist-train', 1000, 3, 10);
    expect(shardIndices('mnist-train', 1000, 3, 10)).toEqual(shard);
    expect(shardIndices('mnist-test', 1000, 3, 10)).not.toEqual(shard);
    expect([...shard]).not.toEqual([...shard].sort((a, b) => a - b));
    const finer = new Set(shardIndices('mnist-train', 1000, 5, 20));
    expect([...finer].every((sample) => shard.includes(sample))).toBe(false);
  });

  it.each([
    [0, 10, 100],
    [11, 10, 100],
    [1.5, 10, 100],
    [1, 101, 100],
  ])('%s/%s of %s samples is refused', (shard, shards, samples) => {
    const cut = () => shardIndices('mnist-train', samples, shard, shards);
    expect(cut).toThrow(expect.objectContaining({ code: 'bad-request' }));
    expect(cut).toThrow(`shard ${shard}/${shards} of mnist-train`);
  });

  it('carry images, labels and an identity of their own', () => {
    const whole = numbered(50);
    const shards = [1, 2, 3].map((shard) => takeShard(whole, shard, 3));
    for (const { images, labels } of shards) {
      expect(images.pixels).toHaveLength(4 * images.count);
      expect(labels).toHaveLength(images.count);
      labels.forEach((label, i) => {
        const image = [...images.pixels.subarray(4 * i, 4 * i + 4)];
        expect(new Set(image).size).toBe(1);
        expect(image[0] % 3).toBe(label);
      });
    }
    const identities = [whole, ...shards].map(({ sha256 }) => sha256);
    expect(new Set(identities).size).toBe(4);
    expect(takeShard(whole, 2, 3).sha256).toBe(shards[1].sha256);
  });

  it('of one are the data set itself', () => {
    const whole = numbered(5);
    expect(takeShard(whole, 1, 1)).toBe(whole);
  });
});
