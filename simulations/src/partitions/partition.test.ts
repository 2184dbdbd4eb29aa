import { deriveSeed, Random } from '@fedhybnn/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apportion } from './apportion.js';
import { gamma } from './draws.js';
import { type Partition, parsePartition, partition, shownPartition } from './index.js';

/** The rows of every client. */
const handsOf = (dealt: Partition) =>
  Array.from({ length: dealt.clients }, (_, client) => dealt.rows(client));

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
            const hands = handsOf(
              partition(parsePartition(spec), labelsOf(samples, 5), clients, seed),
            );
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
    for (const spec of ['iid', 'dirichlet:0.3', 'classes:2', 'shards:2', 'quantity:1']) {
      const deal = (seed: number) => handsOf(partition(parsePartition(spec), labels, 10, seed));
      expect(deal(1)).toEqual(deal(1));
      expect(deal(1)).not.toEqual(deal(2));
    }
  });

  it('dirichlet gives clients fewer labels the smaller α is', () => {
    const labels = labelsOf(6000, 10);
    const largestShare = (spec: string) => {
      const hands = handsOf(partition(parsePartition(spec), labels, 30, 1));
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

  it('classes:k deals every sample once, k labels a client, hands as even as the labels allow', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 8 }),
        fc.nat(1000),
        (classes, clients, k, seed) => {
          fc.pre(k <= classes && clients * k >= classes);
          // Every label has enough samples for every client, one twice as many as another.
          const sizes = Array.from({ length: classes }, (_, label) => 40 + 5 * label);
          const labels = Int32Array.from(sizes.flatMap((size, c) => new Array(size).fill(c)));
          const spec = parsePartition(`classes:${k}`);
          const hands = handsOf(partition(spec, labels, clients, seed));
          expect(hands).toHaveLength(clients);
          const all = hands.flatMap((hand) => [...hand]).sort((a, b) => a - b);
          expect(all).toEqual(Array.from(labels, (_, i) => i));
          for (const hand of hands) {
            expect(new Set([...hand].map((row) => labels[row])).size).toBe(k);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('classes:2 of MNIST-like labels gives nearly equal hands and many pairs of labels', () => {
    const sizes = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949];
    const labels = Int32Array.from(sizes.flatMap((size, label) => new Array(size).fill(label)));
    const hands = handsOf(partition(parsePartition('classes:2'), labels, 100, 1));
    const counts = hands.map((hand) => hand.length);
    expect(Math.min(...counts)).toBeGreaterThan(540);
    expect(Math.max(...counts)).toBeLessThan(660);
    const pairs = hands.map((hand) => [...new Set([...hand].map((row) => labels[row]))].sort());
    expect(new Set(pairs.map(String)).size).toBeGreaterThan(30);
  });

  it('classes:k says what it cannot deal', () => {
    const deal = (spec: string, labels: Int32Array, clients: number) =>
      partition(parsePartition(spec), labels, clients, 1);
    expect(() => deal('classes:6', labelsOf(100, 5), 10)).toThrow(/take k from 1 to 5/);
    expect(() => deal('classes:1', labelsOf(100, 5), 4)).toThrow(/take k from 2 to 5/);
    expect(() => deal('classes:4', labelsOf(10, 5), 10)).toThrow(/too few samples/);
  });

  it('shards:k deals every sample once, in k shards a client that differ by at most one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 300 }),
        fc.nat(1000),
        (clients, k, extra, seed) => {
          const labels = labelsOf(clients * k - 1 + extra, 5);
          const spec = parsePartition(`shards:${k}`);
          const hands = handsOf(partition(spec, labels, clients, seed));
          const all = hands.flatMap((hand) => [...hand]).sort((a, b) => a - b);
          expect(all).toEqual(Array.from(labels, (_, i) => i));
          const [least, most] = [
            Math.floor(labels.length / (clients * k)),
            Math.ceil(labels.length / (clients * k)),
          ];
          for (const hand of hands) {
            expect(hand.length).toBeGreaterThanOrEqual(k * least);
            expect(hand.length).toBeLessThanOrEqual(k * most);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('shards:2 of equally many samples a label gives a client at most two labels, as McMahan et al. say', () => {
    const labels = labelsOf(6000, 10);
    const hands = handsOf(partition(parsePartition('shards:2'), labels, 100, 1));
    const held = hands.map((hand) => new Set([...hand].map((row) => labels[row])).size);
    expect(Math.max(...held)).toBe(2);
    // Two of 200 shards are of the same label with a chance of 19/199: some 10 clients of 100.
    const single = held.filter((count) => count === 1).length;
    expect(single).toBeGreaterThan(1);
    expect(single).toBeLessThan(28);
    expect(() => partition(parsePartition('shards:2'), labelsOf(9, 2), 5, 1)).toThrow(/10 shards/);
  });

  it('quantity:σ deals every sample once and leaves nobody without', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.nat(300),
        fc.double({ min: 0.01, max: 5, noNaN: true }),
        fc.nat(1000),
        (clients, extra, sigma, seed) => {
          const labels = labelsOf(clients + extra, 5);
          const hands = handsOf(partition({ kind: 'quantity', sigma }, labels, clients, seed));
          const all = hands.flatMap((hand) => [...hand]).sort((a, b) => a - b);
          expect(all).toEqual(Array.from(labels, (_, i) => i));
          expect(Math.min(...hands.map((hand) => hand.length))).toBeGreaterThan(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([0.5, 1])('quantity:%d has log-normal sizes, labels as they are in all', (sigma) => {
    const labels = labelsOf(400_000, 4);
    const clients = 1000;
    const hands = handsOf(partition({ kind: 'quantity', sigma }, labels, clients, 1));
    const logs = hands.map((hand) => Math.log(hand.length));
    const mean = logs.reduce((a, b) => a + b) / clients;
    const deviation = Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / clients);
    // Six standard errors: sd(s) = σ/√(2n).
    expect(Math.abs(deviation - sigma)).toBeLessThan((6 * sigma) / Math.sqrt(2 * clients));
    const largest = hands.reduce((a, b) => (a.length > b.length ? a : b));
    const zeros = [...largest].filter((row) => labels[row] === 0).length / largest.length;
    expect(zeros).toBeCloseTo(0.25, 1);
  });

  it('refuses what it does not know, naming the forms', () => {
    for (const spec of [
      'iid:1',
      'dirichlet',
      'dirichlet:0',
      'dirichlet:x',
      'classes:0',
      'classes:1.5',
      'shards:0',
      'shards:1.5',
      'quantity:0',
      'quantity:6',
      'natural:1',
      'iid:',
      'dirichlet: ',
      '',
    ]) {
      expect(() => parsePartition(spec)).toThrow(/must be iid, dirichlet:α/);
    }
    expect(() => partition({ kind: 'iid' }, labelsOf(3, 2), 4, 1)).toThrow(/only 3 samples/);
  });

  it('shows a partition as a user writes it', () => {
    for (const text of ['iid', 'natural', 'dirichlet:0.3', 'classes:2', 'shards:2', 'quantity:1']) {
      expect(shownPartition(parsePartition(text))).toBe(text);
    }
  });
});

describe('apportioning', () => {
  it('gives whole numbers that sum to the total, each within one of its share', () => {
    const weights = fc.array(fc.double({ min: 0.001, max: 1000, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(weights, fc.nat(10_000), (shares, total) => {
        const parts = apportion(Float64Array.from(shares), total);
        const sum = shares.reduce((a, b) => a + b);
        expect(parts.reduce((a, b) => a + b, 0)).toBe(total);
        parts.forEach((part, i) => {
          expect(Math.abs(part - (shares[i] / sum) * total)).toBeLessThan(1 + 1e-6);
        });
      }),
    );
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
