import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadExtractor } from '@fedhybnn/shared';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DatasetSource } from '../datasets/source.js';
import { parseExperimentFile } from '../grid/experiment-file.js';
import { gridCases } from '../grid/grid-cases.js';
import { playGrid } from '../grid/play-grid.js';
import { KeptData } from './kept-data.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fedhybnn-kept-'));
  // No cache on the disk: what is not kept in memory is extracted again.
  vi.stubEnv('FEDHYBNN_DATASETS', join(folder, 'rows-1.csv', 'none'));
  for (const name of ['1', '2', '3']) {
    const rows = Array.from({ length: 60 }, (_, i) => [i % 7, i % 5, i % 2 === 0 ? 'even' : 'odd']);
    await writeFile(join(folder, `rows-${name}.csv`), [['a', 'b', name], ...rows].join('\n'));
  }
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const source = (name: string, other: Partial<DatasetSource> = {}): DatasetSource => ({
  ...{ dataset: `csv:${join(folder, `rows-${name}.csv`)}`, label: ['3'] },
  ...{ imageSize: 32, color: 'gray', splitSeed: 1 },
  ...other,
});

describe('data that is kept between runs', () => {
  it('is the same while it is asked for, and another for any other source', async () => {
    const kept = new KeptData();
    const { train } = await kept.bothSplits(source('1'));
    expect((await kept.bothSplits(source('1'))).train).toBe(train);
    for (const other of [
      { splitSeed: 2 },
      { ignore: ['a'] },
      { naturalColumn: 'b' },
      { imageSize: 16 },
    ]) {
      const { train: changed } = await new KeptData().bothSplits(source('1', other));
      expect((await kept.bothSplits(source('1', other))).train).toEqual(changed);
      expect((await kept.bothSplits(source('1', other))).train).not.toBe(train);
    }
  });

  it('is let go where two others were used since', async () => {
    const kept = new KeptData();
    const first = await kept.bothSplits(source('1'));
    await kept.bothSplits(source('2'));
    expect(await kept.bothSplits(source('1'))).toBe(first);
    await kept.bothSplits(source('3'));
    expect(await kept.bothSplits(source('1'))).toBe(first);
    await kept.bothSplits(source('2'));
    await kept.bothSplits(source('3'));
    expect(await kept.bothSplits(source('1'))).not.toBe(first);
  });

  it('is read again where it could not be read', async () => {
    const kept = new KeptData();
    await expect(kept.bothSplits(source('late'))).rejects.toThrow(/rows-late/);
    await writeFile(join(folder, 'rows-late.csv'), 'a,b,c\n1,2,x\n2,3,y\n3,4,x\n4,5,y\n');
    await expect(kept.bothSplits(source('late'))).resolves.toBeDefined();
  });

  it('is extracted once by an extractor', async () => {
    const kept = new KeptData();
    const { train } = await kept.bothSplits(source('1'));
    const choice = { thresholds: 4, seed: 1 };
    const [file, again, finer] = await Promise.all([
      kept.extractorFile(choice, train),
      kept.extractorFile(choice, train),
      kept.extractorFile({ ...choice, thresholds: 5 }, train),
    ]);
    expect(again).toBe(file);
    expect(finer).not.toEqual(file);
    const progress = { note: () => {} };
    const bits = async (bytes: Uint8Array) =>
      kept.latentBits(await loadExtractor(bytes), train, 'train', progress);
    const own = await bits(file);
    expect(await bits(file)).toBe(own);
    expect((await bits(finer)).cols).toBeGreaterThan(own.cols);
  });
});

it('a grid reads its data once', async () => {
  const text = `
    dataset: ${source('1').dataset}
    label: "3"
    clients: 3
    cohort: 3
    rounds: 1
    hidden: 32
    grid: { rule: [sign-vote, fedavg] }
  `;
  const failures: string[] = [];
  let finished = 0;
  const nothing = () => {};
  const events = {
    ...{ kept: nothing, started: nothing, note: nothing, round: nothing },
    // The second run must do without the file.
    finished: () => {
      if (finished++ === 0) removing = rm(join(folder, 'rows-1.csv'));
    },
    failed: (_: unknown, { message }: Error) => failures.push(message),
  };
  let removing: Promise<void> | undefined;
  const cases = gridCases(parseExperimentFile(text, 'x.yaml'), {});
  await playGrid(cases, { out: join(folder, 'grid') }, events, new AbortController().signal);
  await removing;
  expect(failures).toEqual([]);
  expect(finished).toBe(2);
});
