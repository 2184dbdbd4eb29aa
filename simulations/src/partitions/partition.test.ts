import { deriveSeed, Random } from '@fedhybnn/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gamma } from './gamma.js';
import { parsePartition, partition } from './index.js';

const labelsOf = (samples: number, classes: number) =>
  Int32Array.from({ length: samples }, (_, i) => i % classes);

describe('partitions', () => {
  it.each(['iid', 'dirichlet:0.1', 'dirichlet:5'])(
    '%s deals every sample once, in hands that differ by at most one',
    (spec) => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 300 }),
          fc.integer({ min: 1, max: 40 }),
          fc.nat(1000),
          (samples, clients, seed) => {
            fc.pre(clients <= samples);
            const hands = partition(parsePartition(spec), labelsOf(samples, 5), clients, seed);
            expect(hands).toHaveLength(clients);
            const all = hands.flatMap((hand) => [...hand]).sort((a, b) => a - b);
            expect(all).toEqual(Array.from({ length: samples }, (_, i) => i));
            const sizes = hands.map((hand) => hand.length);
            expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
          },
        ),
        { numRuns: 40 },
      );
    },
  );

  it('deals alike for the same seed and differently for another', () => {
    const labels = labelsOf(500, 10);
    const deal = (seed: number) => partition(parsePartition('dirichlet:0.3'), labels, 10, seed);
    expect(deal(1)).toEqual(deal(1));
    expect(deal(1)).not.toEqual(deal(2));
  });

  it('dirichlet gives clients fewer labels the smaller α is', () => {
    const labels = labelsOf(6000, 10);
    const largestShare = (spec: string) => {
      const hands = partition(parsePartition(spec), labels, 30, 1);
      const shares = hands.map((hand) => {
        const counts = new Array(10).fill(0);
        for (const row of hand) counts[labels[row]]++;
        return Math.max(...counts) / hand.length;
      });
      return shares.reduce((a, b) => a + b) / shares.length;
    };
    expect(largestShare('iid')).toBeLessThan(0.2);
    expect(largestShare('dirichlet:100')).toBeLessThan(0.25);
    expect(largestShare('dirichlet:0.3')).toBeGreaterThan(0.35);
    expect(largestShare('dirichlet:0.05')).toBeGreaterThan(0.6);
  });

  it('refuses what it does not know, naming the forms', () => {
    for (const spec of ['iid:1', 'dirichlet', 'dirichlet:0', 'dirichlet:x', 'shards', '']) {
      expect(() => parsePartition(spec)).toThrow(/must be iid or dirichlet:α/);
    }
    expect(() => partition({ kind: 'iid' }, labelsOf(3, 2), 4, 1)).toThrow(/only 3 samples/);
  });
});

describe('gamma draws', () => {
  it.each([0.1, 0.5, 1, 3])('have mean and variance equal to the shape %d', (shape) => {
    const random = new Random(deriveSeed(11, 'gamma'));
    const n = 40_000;
    const draws = Array.from({ length: n }, () => gamma(shape, random));
    const mean = draws.reduce((a, b) => a + b) / n;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n;
    // Six standard errors: var(mean) = k/n, var(variance) ≈ (2k² + 6k)/n.
    expect(Math.abs(mean - shape)).toBeLessThan(6 * Math.sqrt(shape / n));
    expect(Math.abs(variance - shape)).toBeLessThan(
      6 * Math.sqrt((2 * shape ** 2 + 6 * shape) / n),
    );
  });
});
