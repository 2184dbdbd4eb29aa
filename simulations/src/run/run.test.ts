import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deriveSeed, FederationError, Random } from '@fedhybnn/shared';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { registerEvaluateCommand } from '../heads/evaluate.js';
import { addRunOptions, type RunOptions } from './options.js';
import type { Progress } from './progress.js';
import { run } from './run.js';
import type { RunSummary } from './summary.js';
import { writePictures } from './testing/pictures.js';

const quiet: Progress = { note() {}, start() {}, round() {}, stop() {} };
const METRICS = [
  ...['hammingLoss', 'rankingLoss', 'oneError'],
  ...['averagePrecision', 'microF1', 'macroF1'],
];

/** Plays what a command line asks for, with a small federation and head. */
function play(...args: string[]): Promise<RunSummary> {
  const small = ['--clients', '4', '--cohort', '4', '--hidden', '64', '--batch', '10'];
  small.push('--rule', 'sign-vote');
  const command = addRunOptions(new Command()).parse([...small, ...args], { from: 'user' });
  return run(command.opts<RunOptions>(), quiet, new AbortController().signal);
}

/** The result of `evaluate`. */
async function evaluate(...args: string[]): Promise<unknown> {
  const lines: string[] = [];
  const write = (text: unknown) => lines.push(String(text)) > 0;
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(write);
  try {
    const program = new Command();
    registerEvaluateCommand(program);
    await program.parseAsync(['evaluate', ...args, '--json'], { from: 'user' });
  } finally {
    out.mockRestore();
  }
  return JSON.parse(lines.at(-1) ?? '');
}

/** Three numbers and a word; what is asked follows from them. */
function rows(count: number): string[][] {
  const random = new Random(deriveSeed(1, 'rows'));
  return Array.from({ length: count }, () => {
    const [a, b, c] = [random.unit(), random.unit(), random.unit()];
    const word = random.unit() < 0.5 ? 'red' : 'blue';
    const kind = a + b < 0.7 ? 'low' : a + b < 1.2 ? 'middle' : 'high';
    const truths = [a > 0.5, word === 'red', b + c > 1].map(Number);
    return [a, b, c].map((x) => x.toFixed(4)).concat(word, kind, truths.map(String));
  });
}

let folder: string;
let csv: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fedhybnn-run-'));
  vi.stubEnv('FEDHYBNN_DATASETS', join(folder, 'cache'));
  csv = join(folder, 'rows.csv');
  const header = ['a', 'b', 'c', 'word', 'kind', 'large', 'red', 'sum'];
  await writeFile(csv, [header, ...rows(400)].map((row) => row.join(',')).join('\n'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

describe('run on a CSV file', () => {
  it('learns one of several classes', async () => {
    const args = ['--dataset', `csv:${csv}`, '--label', 'kind', '--ignore', 'large,red,sum'];
    const summary = await play(...args, '--rounds', '12');
    // The largest class has 36 % of the rows.
    expect(summary.finalAccuracy).toBeGreaterThan(0.8);
    expect(Object.keys(summary)).not.toContain('hammingLoss');
  });

  it('learns one of two classes with a single output', async () => {
    const args = ['--dataset', `csv:${csv}`, '--label', 'large', '--ignore', 'kind,red,sum'];
    const summary = await play(...args, '--output-layer', 'trained', '--rounds', '8');
    expect(summary.finalAccuracy).toBeGreaterThan(0.85);
    // 3 · 16 thresholds and 2 categories, each to 64 neurons, and these to one output.
    expect(summary.parameters).toBe(50 * 64 + 64);
  });

  it('learns several labels a sample, the same over sockets, and tells the six metrics', async () => {
    const labels = ['--label', 'large,red,sum', '--ignore', 'kind'];
    const args = ['--dataset', `csv:${csv}`, ...labels, '--rounds', '8'];
    const summary = await play(...args);
    expect(Object.keys(summary).slice(-6)).toEqual(METRICS);
    expect(summary.hammingLoss).toBeLessThan(0.15);
    expect(summary.hammingLoss).toBeCloseTo(1 - summary.finalAccuracy, 5);
    expect(summary.microF1).toBeGreaterThan(0.85);
    const wire = await play(...args, '--mode', 'wire');
    expect(wire.modelHash).toBe(summary.modelHash);
  });

  it.each([
    [[], /--dataset csv:.*: which column is the label\? Add --label/],
    [['--label', 'none'], /rows\.csv: --label none: there is no such column; its columns are a, b/],
    [['--label', 'kind', '--extractor', 'patches'], /rows-train: holds a table, but images/],
    [['--label', 'kind', '--extractor', 'patches-512'], /the samples are a table.*quantiles/],
    [
      ['--label', 'red,sum', '--partition', 'dirichlet:1'],
      /--partition dirichlet: deals by the one label/,
    ],
    [
      ['--label', 'red,sum', '--loss', 'softmax-cross-entropy'],
      /"training\.loss" is softmax.*take sigmoid/,
    ],
  ])('refuses %j with a remedy', async (args, message) => {
    const refused = play('--dataset', `csv:${csv}`, ...args, '--rounds', '1');
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toBeInstanceOf(FederationError);
  });
});

describe('run on a folder of pictures', () => {
  it('learns two classes from 200 pictures by one command', async () => {
    const pictures = join(folder, 'pictures');
    await writePictures(pictures, 100, deriveSeed(1, 'pictures'));
    const [data, out] = [`folder:${pictures}`, join(folder, 'out')];
    const summary = await play('--dataset', data, '--rounds', '8', '--out', out);
    expect(summary.finalAccuracy).toBeGreaterThan(0.9);

    const [head, extractor] = [join(out, 'head.fhh'), join(out, 'extractor.fhx')];
    const evaluated = await evaluate(head, '--dataset', data, '--extractor', extractor);
    expect(evaluated).toMatchObject({ samples: 60, accuracy: summary.finalAccuracy });
  });
});

const yeast =
  process.env.FEDHYBNN_YEAST ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));

describe.skipIf(!existsSync(join(yeast, 'yeast.csv.gz')))(
  'run on yeast (needs yeast.csv.gz, its folder in FEDHYBNN_YEAST)',
  () => {
    it('is better than answering each label by its frequency', async () => {
      const head = ['--output-layer', 'trained', '--logit-scale', '0.5', '--rounds', '4'];
      const summary = await play('--dataset', 'yeast', '--data-folder', yeast, ...head);
      // That has Hamming loss 0.232: the mean over the labels of min(frequency, 1 − frequency).
      expect(summary.hammingLoss).toBeLessThan(0.225);
      expect(summary.averagePrecision).toBeGreaterThan(0.7);
    });
  },
);
