import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deriveSeed, Random, type Table } from '@fedhybnn/shared';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { registerBaselineCommand } from './command.js';
import { createFeatures, featuresOf } from './features.js';

function tableOf(columns: Record<string, readonly string[]>): Table {
  const [first] = Object.values(columns);
  return {
    source: 'sample.csv',
    count: first.length,
    lines: Uint32Array.from(first, (_, i) => i + 2),
    columns: Object.entries(columns).map(([name, values]) => ({ name, values })),
  };
}

describe('the features of the baseline', () => {
  it('are standardized numbers and one-hot categories, learned from the sample', () => {
    const encode = createFeatures(tableOf({ x: ['1', '3', '5', '7'], c: ['b', 'a', '', 'b'] }));
    const { values, count, width } = encode(tableOf({ c: ['a', 'z', 'b'], x: ['4', '', '9'] }));
    expect([count, width]).toEqual([3, 3]);
    // Mean 4, variance (9 + 1 + 1 + 9) / 4 = 5.
    const nine = Math.fround(5 / Math.sqrt(5));
    expect([...values]).toEqual([0, 1, 0, 0, 0, 0, nine, 0, 1]);
  });

  it('of images are their pixels from 0 to 1', () => {
    const pixels = Uint8Array.of(0, 51, 255, 102);
    const images = { count: 2, width: 2, height: 1, channels: 1, pixels };
    const common = { name: 'two', classes: ['a', 'b'], sha256: '', labels: Int32Array.of(0, 1) };
    const { count, width, values } = featuresOf({ ...common, images })({ ...common, images });
    expect([count, width]).toEqual([2, 2]);
    expect([...values]).toEqual([0, 0.2, 1, 0.4].map(Math.fround));
  });

  it('of a column that does not vary are 0', () => {
    const table = tableOf({ same: ['2', '2'] });
    expect([...createFeatures(table)(table).values]).toEqual([0, 0]);
  });
});

describe('the baseline command', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fedhybnn-baseline-'));
    const random = new Random(deriveSeed(1, 'rows'));
    const rows = Array.from({ length: 300 }, () => {
      const [a, b] = [random.unit(), random.unit()];
      // No line separates the classes: a linear model would be right half of the time.
      return [a, b, Number(a > 0.5 !== b > 0.5), Number(a > 0.5)].join(',');
    });
    await writeFile(join(folder, 'rows.csv'), `a,b,differ,large\n${rows.join('\n')}\n`);
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function baseline(...args: string[]): Promise<Record<string, number>> {
    const lines: string[] = [];
    const write = (text: unknown) => lines.push(String(text)) > 0;
    const out = vi.spyOn(process.stdout, 'write').mockImplementation(write);
    const silent = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      const program = new Command();
      registerBaselineCommand(program);
      const data = ['--dataset', `csv:${join(folder, 'rows.csv')}`, '--hidden', '16', '--json'];
      const how = ['--epochs', '40', '--batch', '20', '--learning-rate', '0.03'];
      await program.parseAsync(['baseline', ...data, ...how, ...args], { from: 'user' });
    } finally {
      out.mockRestore();
      silent.mockRestore();
    }
    return JSON.parse(lines.at(-1) ?? '');
  }

  it('learns what no linear model can', async () => {
    const summary = await baseline('--label', 'differ', '--ignore', 'large');
    expect(summary.accuracy).toBeGreaterThan(0.85);
    expect(summary.parameters).toBe(3 * 16 + 17 * 2);
  });

  it('learns by federated averaging, and alike whenever it is played', async () => {
    const how = ['--label', 'differ', '--ignore', 'large', '--clients', '4', '--cohort', '3'];
    const summary = await baseline(...how, '--rounds', '8', '--epochs', '10');
    expect(summary.accuracy).toBeGreaterThan(0.85);
    expect(summary).toMatchObject({ clients: 4, rounds: 8 });
    const again = await baseline(...how, '--rounds', '8', '--epochs', '10');
    expect(again.accuracy).toBe(summary.accuracy);
    await expect(baseline('--label', 'differ,large', '--clients', '4')).rejects.toThrow(
      /--clients/,
    );
  });

  it('learns several labels a sample and tells the six metrics', async () => {
    const summary = await baseline('--label', 'differ,large');
    expect(summary.hammingLoss).toBeLessThan(0.15);
    expect(summary.accuracy).toBeCloseTo(1 - summary.hammingLoss, 5);
    expect(summary.macroF1).toBeGreaterThan(0.85);
  });
});
