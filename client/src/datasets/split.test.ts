import type { Table } from '@fedhybnn/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitDataset, type TableDataset } from './index.js';

/** Row i holds the text of i, and has label i % 2. */
function numbered(count: number): TableDataset {
  const values = Array.from({ length: count }, (_, i) => String(i));
  const lines = Uint32Array.from({ length: count }, (_, i) => i + 2);
  const table: Table = { source: 'numbered.csv', count, lines, columns: [{ name: 'n', values }] };
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  return { name: 'numbered', table, labels, classes: ['even', 'odd'], sha256: '0'.repeat(64) };
}

function rowsOf(dataset: ReturnType<typeof splitDataset>): number[] {
  if (!('table' in dataset)) throw new Error('no table');
  return dataset.table.columns[0].values.map(Number);
}

describe('a split', () => {
  it('holds every sample once, 70 % of them for training', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), fc.nat(), (count, seed) => {
        const train = rowsOf(splitDataset(numbered(count), 'train', seed));
        const test = rowsOf(splitDataset(numbered(count), 'test', seed));
        expect(Math.abs(train.length - 0.7 * count)).toBeLessThanOrEqual(0.6);
        expect(test.length).toBeGreaterThan(0);
        expect([...train, ...test].sort((a, b) => a - b)).toEqual([...Array(count).keys()]);
      }),
    );
  });

  it('is drawn by the seed, and keeps labels and lines with their rows', () => {
    const whole = numbered(50);
    const train = splitDataset(whole, 'train', 1);
    expect(splitDataset(whole, 'train', 1)).toEqual(train);
    expect(rowsOf(splitDataset(whole, 'train', 2))).not.toEqual(rowsOf(train));
    expect(train.name).toBe('numbered-train');
    expect(train.sha256).not.toBe(splitDataset(whole, 'test', 1).sha256);
    if (!('table' in train) || !('labels' in train)) throw new Error('no labeled table');
    rowsOf(train).forEach((row, i) => {
      expect(train.labels[i]).toBe(row % 2);
      expect(train.table.lines[i]).toBe(row + 2);
    });
  });

  it('of a single sample is refused', () => {
    expect(() => splitDataset(numbered(1), 'train', 1)).toThrow(/cannot be split/);
  });
});
