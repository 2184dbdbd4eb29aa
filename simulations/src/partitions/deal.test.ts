import type { ImageDataset, TableDataset } from '@fedhybnn/client/node';
import { BitMatrix } from '@fedhybnn/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DealOptions, dealDataset, driftProgress, type Partition } from './index.js';

const LABELS = 6;
const images = (count: number): ImageDataset => ({
  name: 'tiny-train',
  images: { count, width: 2, height: 2, channels: 1, pixels: new Uint8Array(4 * count) },
  labels: Int32Array.from({ length: count }, (_, i) => i % LABELS),
  owners: Int32Array.from({ length: count }, (_, i) => (i * i) % 11),
  classes: Array.from({ length: LABELS }, (_, k) => String(k)),
  sha256: '0'.repeat(64),
});
const options = (change: Partial<DealOptions>): DealOptions => ({
  partition: { kind: 'iid' },
  clients: 8,
  rounds: 10,
  seed: 3,
  ...change,
});
const held = (dealt: Partition, round: number) =>
  Array.from({ length: dealt.clients }, (_, client) => [...dealt.rows(client, round)]);
/** Share of the larger label among a client's samples, on average. */
const unevenness = (dealt: Partition, round: number) => {
  const shares = held(dealt, round).map((rows) => {
    const counts = new Array(LABELS).fill(0);
    for (const row of rows) counts[row % LABELS]++;
    return Math.max(...counts) / rows.length;
  });
  return shares.reduce((a, b) => a + b) / shares.length;
};

describe('a drift', () => {
  it('goes once from 0 to 1 within its span, or there and back with its period', () => {
    const once = Array.from({ length: 11 }, (_, i) =>
      driftProgress({ from: 0.2, to: 0.7 }, i + 1, 11),
    );
    expect(once.map((x) => Number(x.toFixed(10)))).toEqual([
      0, 0, 0, 0.2, 0.4, 0.6, 0.8, 1, 1, 1, 1,
    ]);
    const again = Array.from({ length: 9 }, (_, i) => driftProgress({ period: 4 }, i + 1, 9));
    expect(again).toEqual([0, 0.5, 1, 0.5, 0, 0.5, 1, 0.5, 0]);
    expect(driftProgress({ from: 0, to: 1 }, 1, 1)).toBe(0);
  });

  it('leaves every sample with one client in every round, from one partition to the other', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 10 }), (seed, round) => {
        const change = { seed, drift: { kind: 'dirichlet', alpha: 0.5 } } as const;
        const dealt = dealDataset(images(600), 600, options(change));
        const rows = held(dealt, round)
          .flat()
          .sort((a, b) => a - b);
        expect(rows).toEqual(Array.from({ length: 600 }, (_, i) => i));
        const start = dealDataset(images(600), 600, options({ seed }));
        if (round === 1) expect(held(dealt, 1)).toEqual(held(start, 1));
      }),
      { numRuns: 30 },
    );
  });

  it('moves the label distributions step by step, and starts where the run starts', () => {
    const drift = { kind: 'classes', labelsPerClient: 1 } as const;
    const dealt = dealDataset(images(2400), 2400, options({ drift }));
    const path = [1, 4, 7, 10].map((round) => unevenness(dealt, round));
    expect(path).toEqual([...path].sort((a, b) => a - b));
    expect(path[0]).toBeLessThan(0.3);
    expect(path[3]).toBe(1);
    // λ = 1/3 in round 4: a third of a client's samples are of its one label to come, and of the others a sixth.
    expect(path[1]).toBeCloseTo(1 / 3 + 2 / 3 / 6, 1);
    expect(held(dealt, 0)).toEqual(held(dealt, 1));
  });

  it('to the same kind of partition ends at another one of it', () => {
    const spec = { kind: 'dirichlet', alpha: 0.1 } as const;
    const dealt = dealDataset(images(600), 600, options({ partition: spec, drift: spec }));
    const moved = held(dealt, 10).filter((rows, c) => String(rows) !== String(held(dealt, 1)[c]));
    expect(moved).toHaveLength(8);
  });

  it('never leaves a client with nothing, however little it holds', () => {
    const change = { clients: 30, drift: { kind: 'quantity', sigma: 3 } } as const;
    const dealt = dealDataset(images(60), 60, options(change));
    for (let round = 1; round <= 10; round++) {
      for (const rows of held(dealt, round)) expect(rows.length).toBeGreaterThan(0);
    }
  });
});

describe('dealing a data set', () => {
  it('deals none of the samples that are held out', () => {
    for (const kind of ['iid', 'natural'] as const) {
      const rows = held(
        dealDataset(images(120), 100, options({ partition: { kind }, clients: 6 })),
        1,
      ).flat();
      expect(Math.max(...rows)).toBeLessThan(100);
    }
  });

  it('by owners gives each client the samples of one owner, and says how many there are', () => {
    const data = images(110);
    const natural = { partition: { kind: 'natural' } } as const;
    // Squares modulo 11 take six values.
    const dealt = held(dealDataset(data, 110, options({ ...natural, clients: 6 })), 1);
    expect(dealt.map((rows) => new Set(rows.map((row) => data.owners?.[row])).size)).toEqual(
      Array(6).fill(1),
    );
    expect(dealt.flat()).toHaveLength(110);
    const some = held(dealDataset(data, 110, options({ ...natural, clients: 3 })), 1);
    for (const rows of some) expect(dealt).toContainEqual(rows);
    const tooMany = () => dealDataset(data, 110, options({ ...natural, clients: 7 }));
    expect(tooMany).toThrow(/have 6 owners; use --clients 6 or fewer/);
    const nobodys = () => dealDataset({ ...data, owners: undefined }, 110, options(natural));
    expect(nobodys).toThrow(/--natural-column/);
  });

  it('deals samples of several labels only by what does not ask for the one', () => {
    const { labels: _, images: __, ...about } = images(40);
    const table = { source: 'x', count: 40, lines: new Uint32Array(40), columns: [] };
    const data: TableDataset = { ...about, table, targets: BitMatrix.create(40, LABELS) };
    const deal = (partition: DealOptions['partition']) =>
      held(dealDataset(data, 40, options({ partition, clients: 4 })), 1).flat();
    expect(deal({ kind: 'quantity', sigma: 1 })).toHaveLength(40);
    expect(() => deal({ kind: 'shards', shardsPerClient: 2 })).toThrow(/several; take iid/);
  });

  it('names options that do not go together', () => {
    const deal = (change: Partial<DealOptions>) => () =>
      dealDataset(images(60), 60, options(change));
    const skew = { rotation: 10, noise: 0, contrast: 0 };
    const drift = { kind: 'iid' } as const;
    expect(deal({ driftPeriod: 4 })).toThrow(/add --drift/);
    expect(deal({ drift, driftPeriod: 4, driftSpan: { from: 0, to: 1 } })).toThrow(/one of them/);
    expect(deal({ drift, featureSkew: skew })).toThrow(/leave out --drift/);
  });
});
