import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  decodeModel,
  deriveSeed,
  encodeModel,
  initialModel,
  parseJson,
  Random,
  sha256Hex,
  taskHash,
  taskSchema,
} from '@fedhybnn/shared';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RoundMetrics } from '../engine/round-metrics.js';
import { parseExperimentFile } from '../grid/experiment-file.js';
import { gridCases } from '../grid/grid-cases.js';
import { playGrid } from '../grid/play-grid.js';
import { addRunOptions, type RunOptions } from './options.js';
import { run } from './run.js';
import type { RunSummary } from './summary.js';

let folder: string;
let data: string[];
let first: RunSummary;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fedhybnn-initial-'));
  vi.stubEnv('FEDHYBNN_DATASETS', join(folder, 'cache'));
  const random = new Random(deriveSeed(1, 'rows'));
  const rows = Array.from({ length: 400 }, () => {
    const [a, b] = [random.unit(), random.unit()];
    return [a.toFixed(4), b.toFixed(4), a + b < 0.8 ? 'low' : a + b < 1.2 ? 'mid' : 'high'];
  });
  const csv = join(folder, 'rows.csv');
  await writeFile(csv, [['a', 'b', 'kind'], ...rows].map(String).join('\n'));
  data = ['--dataset', `csv:${csv}`, '--label', 'kind'];
  first = await play('--rounds', '8', '--out', at('first'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const at = (...path: string[]) => join(folder, ...path);
const json = async (...path: string[]) => JSON.parse(await readFile(at(...path), 'utf8'));

/** A small federation; what is given later holds. */
function play(...args: string[]): Promise<RunSummary> {
  return playWith(() => {}, ...args);
}

function playWith(
  onRound: (metrics: RoundMetrics, stop: AbortController) => void,
  ...args: string[]
): Promise<RunSummary> {
  const small = ['--clients', '6', '--cohort', '4', '--hidden', '64', '--batch', '10'];
  const all = [...data, ...small, '--rule', 'sign-vote', '--rounds', '4', ...args];
  const options = addRunOptions(new Command()).parse(all, { from: 'user' }).opts<RunOptions>();
  const stop = new AbortController();
  const progress = {
    ...{ note() {}, start() {}, stop() {} },
    round: (metrics: RoundMetrics) => onRound(metrics, stop),
  };
  return run(options, progress, stop.signal);
}

/** The task's own model of round 0, as a file. */
async function ownModel(run: string, file: string): Promise<string> {
  const task = parseJson(taskSchema, JSON.stringify((await json(run, 'run.json')).task), 'task');
  const bytes = encodeModel({ taskHash: taskHash(task), model: initialModel(task) });
  await writeFile(at(file), bytes);
  return at(file);
}

describe('a run that begins with a model of another', () => {
  it('leaves its last model as a file, whose hash is the one that it tells', async () => {
    const bytes = new Uint8Array(await readFile(at('first', 'model.fhm')));
    expect(sha256Hex(bytes)).toBe(first.modelHash);
    expect(decodeModel(bytes).round).toBe(8);
  });

  it('is the run without it, if that model is the task’s own', async () => {
    const file = await ownModel('first', 'own.fhm');
    for (const rule of ['sign-vote', 'fedavg']) {
      const usual = await play('--rule', rule, '--out', at(`usual-${rule}`));
      const own = rule === 'sign-vote' ? file : await ownModel(`usual-${rule}`, 'own-24.fhm');
      const { modelHash } = await play('--rule', rule, '--init-from', own, '--workers', '1');
      expect(modelHash).toBe(usual.modelHash);
    }
  });

  it('goes on from what was learned, also by another rule, and keeps where it began', async () => {
    // Latents that hardly move: the accuracy after a round is that of the model it began with.
    const still = ['--rounds', '1', '--server-step', '0.00001', '--init-from', at('first')];
    const { finalAccuracy } = await play(...still, '--out', at('second'));
    expect(finalAccuracy).toBeCloseTo(first.finalAccuracy, 12);
    const kept = await readFile(at('second', 'initial.fhm'));
    expect(kept).toEqual(await readFile(at('first', 'model.fhm')));
    expect((await json('second', 'run.json')).initial).toEqual({
      ...{ file: 'initial.fhm', sha256: first.modelHash, round: 8 },
    });
    const averaged = ['--rounds', '1', '--rule', 'fedavg', '--learning-rate', '0.0000001'];
    const other = await play(...averaged, '--init-from', at('first', 'model.fhm'));
    expect(other.finalAccuracy).toBeCloseTo(first.finalAccuracy, 12);
    const back = ['--rounds', '1', '--out', at('wide'), ...averaged.slice(2)];
    await play('--init-from', at('first'), ...back);
    const narrow = await play(...still.slice(0, 4), '--init-from', at('wide'));
    expect(narrow.finalAccuracy).toBeCloseTo(first.finalAccuracy, 12);
  });

  it('takes a file that lies alone, if it is as large as the head', async () => {
    await mkdir(at('alone'));
    await copyFile(at('first', 'model.fhm'), at('alone', 'model.fhm'));
    await expect(play('--init-from', at('alone'))).resolves.toBeDefined();
    await expect(play('--init-from', at('alone'), '--hidden', '32')).rejects.toThrow(
      /--init-from .*alone: has 2048 parameters, but the head of this run has 1024; give the/,
    );
  });

  it.each([
    [
      ['--hidden', '32'],
      /was trained with --hidden 64, but this run has --hidden 32; give --hidden/,
    ],
    [['--output-layer', 'trained'], /with --output-layer hadamard, but/],
    [['--weights', 'ternary'], /with --weights binary, but .*; give --weights binary/],
    [['--thresholds', '4'], /with the extractor quantiles \w+, but .*extractor\.fhx of its run/],
    [['--rule', 'fedavg-fp32'], /with a rule of binary heads, but this run has --rule fedavg-fp32/],
    [['--mode', 'wire'], /--init-from: a task makes its first model.*leave it or --mode wire out/],
  ])('is refused with %j, naming what differs', async (args, message) => {
    await expect(play('--init-from', at('first'), ...args)).rejects.toThrow(message);
  });

  it.each([
    ['missing', /--init-from .*missing: cannot be read; name the model\.fhm of a run/],
    ['first/head.fhh', /has the signs of its weights only.*name the model\.fhm beside it/],
    ['first/run.json', /run\.json: no model file \(.*magic.*\); name the model\.fhm/],
  ])('is refused from %s, with the remedy', async (path, message) => {
    await expect(play('--init-from', at(path))).rejects.toThrow(message);
  });

  it('goes on where it was stopped, but not from another model', async () => {
    const own = await ownModel('first', 'own-2.fhm');
    const args = ['--out', at('stopped'), '--checkpoint-every', '1', '--init-from'];
    const whole = await play('--init-from', at('first'));
    await playWith(({ round }, stop) => round === 2 && stop.abort(), ...args, at('first'));
    await expect(play(...args, own, '--resume')).rejects.toThrow(/--resume: .*initFrom/);
    // The same model, wherever it lies.
    const copy = at('copy.fhm');
    await copyFile(at('first', 'model.fhm'), copy);
    const rounds: number[] = [];
    const note = ({ round }: RoundMetrics) => rounds.push(round);
    const { modelHash } = await playWith(note, ...args, copy, '--resume');
    expect(rounds[0]).toBe(3);
    expect(modelHash).toBe(whole.modelHash);
  });

  it('is played again by a grid where the file has another model since', async () => {
    const file = at('changing.fhm');
    await copyFile(at('first', 'model.fhm'), file);
    const text = `
      dataset: ${data[1]}
      label: kind
      clients: 6
      cohort: 4
      rounds: 1
      hidden: 64
      rule: sign-vote
      initFrom: ${file}
    `;
    const cases = gridCases(parseExperimentFile(text, 'x.yaml'), {});
    const played: string[] = [];
    const nothing = () => {};
    const events = {
      ...{ kept: () => played.push('kept'), started: () => played.push('started') },
      ...{ note: nothing, round: nothing, finished: nothing, failed: nothing },
    };
    const { signal } = new AbortController();
    const start = () => playGrid(cases, { out: at('grid') }, events, signal);
    await start();
    await start();
    await copyFile(await ownModel('first', 'own-3.fhm'), file);
    await start();
    expect(played).toEqual(['started', 'kept', 'started']);
  });
});
