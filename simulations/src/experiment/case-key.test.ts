import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deriveSeed, Random, sha256Hex } from '@fedhybnn/shared';
import { Command, type Option } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addBaselineOptions } from '../baseline/command.js';
import { tinySimulation } from '../engine/testing/tiny-simulation.js';
import { addRunOptions } from '../run/options.js';
import { baselineKey, runKey } from './case-key.js';
import { baselineOptions, runOptions } from './case-options.js';
import { CasePreparer } from './prepare-case.js';
import type { ExperimentCase } from './section.js';

const { task } = tinySimulation();
const hash = (text: string) => ({ sha256: sha256Hex(new TextEncoder().encode(text)) });
const data = { train: hash('train'), test: hash('test') };
const at = (command: ExperimentCase['command'], ...args: string[]): ExperimentCase => ({
  ...{ row: '', column: '', command, args },
});
const keyOfRun = (...args: string[]) => runKey(runOptions(at('run', ...args), 1, 2), task, data);
const keyOfBaseline = (...args: string[]) =>
  baselineKey(baselineOptions(at('baseline', ...args), 1), data);

/** Texts of which some option takes one. */
const TEXTS = [
  ...['3', '8', '0.5', 'dirichlet:0.3', '0.1-0.5', '0.1:10', 'buffered:3', 'mix', 'rotation:30'],
  ...['sign-flip:0.2', 'median', '8p', 'csv:rows.csv', 'name'],
];

/** The option with a value that it takes, and that is not its default. */
function otherwise(option: Option): string[] {
  if (option.isBoolean()) return [String(option.long)];
  const texts = option.argChoices ?? TEXTS;
  const usual = JSON.stringify(option.defaultValue);
  const other = texts.find((text) => {
    try {
      const value = option.parseArg ? option.parseArg(text, undefined) : text;
      return JSON.stringify(value) !== usual;
    } catch {
      return false;
    }
  });
  if (other === undefined) throw new Error(`no value for ${option.flags} in TEXTS`);
  return [String(option.long), other];
}

describe('the key of a case', () => {
  const ofOutput = ['out', 'tensorboard', 'open', 'resume', 'checkpointEvery', 'json', 'workers'];
  // The case's seed and the hashes of what lies there say the same.
  const said = ['seed', 'dataset', 'dataFolder', 'extractor', 'initFrom'];

  it.each(
    addRunOptions(new Command()).options.map((option) => [option.attributeName(), option] as const),
  )('of a run depends on %s, if the result does', (name, option) => {
    const same = keyOfRun(...otherwise(option)) === keyOfRun();
    expect(same).toBe([...ofOutput, ...said].includes(name));
  });

  it.each(
    addBaselineOptions(new Command()).options.map(
      (option) => [option.attributeName(), option] as const,
    ),
  )('of a baseline depends on %s, if the result does', (name, option) => {
    const same = keyOfBaseline(...otherwise(option)) === keyOfBaseline();
    expect(same).toBe(['json', ...said].includes(name));
  });

  it('depends on seed, data and task', () => {
    const options = runOptions(at('run'), 1, 2);
    const keys = [
      keyOfRun(),
      runKey({ ...options, seed: 2 }, task, data),
      runKey(options, task, { ...data, test: hash('other') }),
      runKey(options, task, { ...data, train: hash('other') }),
      runKey(options, { ...task, id: 'other' }, data),
      runKey(options, task, { ...data, initial: hash('a model') }),
      runKey(options, task, { ...data, initial: hash('other') }),
      baselineKey(baselineOptions(at('baseline'), 1), data),
      baselineKey(baselineOptions(at('baseline'), 2), data),
      baselineKey(baselineOptions(at('baseline'), 1), { ...data, test: hash('other') }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('does not depend on the order of the options, nor on a default that is said', () => {
    const [a, b] = [
      ['--drift', 'iid'],
      ['--personalize', '3', '--personalize-epochs', '5'],
    ];
    expect(keyOfRun(...a, ...b)).toBe(keyOfRun(...b, ...a));
    expect(keyOfRun('--rounds', '30')).toBe(keyOfRun());
    expect(keyOfRun('--attack', 'none', '--aggregation', 'rounds')).toBe(keyOfRun());
  });
});

describe('cases of one experiment', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fedhybnn-case-key-'));
    const random = new Random(deriveSeed(1, 'rows'));
    const rows = Array.from({ length: 60 }, (_, i) =>
      [random.unit(), i % 2, i % 3 === 0 ? 'yes' : 'no', i % 4].join(','),
    );
    await writeFile(join(folder, 'rows.csv'), ['a,b,kind,owner', ...rows].join('\n'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('that differ in how they fine-tune are not taken for the same', async () => {
    const preparer = new CasePreparer(1);
    const args = ['--dataset', `csv:${join(folder, 'rows.csv')}`, '--label', 'kind'];
    const keys = await Promise.all(
      [
        ['--personalize', '4'],
        ['--personalize', '4', '--personalize-epochs', '1'],
        ['--personalize', '4', '--personalize-rate', '0.01'],
      ].map(async (own) => {
        const all = [...args, '--clients', '4', '--cohort', '2', ...own];
        return (await preparer.prepare(at('run', ...all), 1)).key;
      }),
    );
    expect(new Set(keys).size).toBe(3);
  });
});
