import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { deriveSeed, Random } from '@fedhybnn/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const command = fileURLToPath(new URL('../../dist/bin/simulate.js', import.meta.url));
const ROUNDS = 60;

let folder: string;
let args: string[];
let uninterrupted: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fedhybnn-resume-'));
  const random = new Random(deriveSeed(1, 'rows'));
  const rows = Array.from({ length: 300 }, () => {
    const [a, b] = [random.unit(), random.unit()];
    return `${a.toFixed(4)},${b.toFixed(4)},${a + b < 1 ? 'low' : 'high'}`;
  });
  writeFileSync(join(folder, 'rows.csv'), ['a,b,kind', ...rows].join('\n'));
  args = [
    ...['run', '--dataset', `csv:${join(folder, 'rows.csv')}`, '--label', 'kind'],
    ...['--clients', '1000', '--cohort', '4', '--samples-per-client', '30', '--batch', '10'],
    ...['--hidden', '32', '--rule', 'sign-vote', '--robust', 'reputation', '--devices', 'mix'],
    ...['--dropout', '0.2', '--over-select', '1.5'],
    ...['--rounds', String(ROUNDS), '--evaluate-every', '7', '--checkpoint-every', '4', '--json'],
  ];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command; `at` is called with every round that it tells. */
async function simulate(
  extra: readonly string[],
  at: (round: number, kill: (signal: NodeJS.Signals) => void) => void = () => {},
) {
  const child = spawn(process.execPath, [command, ...args, ...extra], {
    env: { ...process.env, FEDHYBNN_DATASETS: join(folder, 'cache') },
  });
  let stdout = '';
  let stderr = '';
  let told = 0;
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
    const rounds = [...stderr.matchAll(/^round (\d+)\//gm)].map(([, round]) => Number(round));
    for (const round of rounds.slice(told)) at(round, (signal) => child.kill(signal));
    told = rounds.length;
  });
  const [status, signal] = await once(child, 'close');
  return { status, signal, stderr, last: stdout.trimEnd().split('\n').at(-1) ?? '' };
}

function metricsOf(out: string) {
  const lines = readFileSync(join(out, 'metrics.ndjson'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const { seconds: _, ...metrics } = JSON.parse(line);
    return metrics;
  });
}

const runOf = (out: string) => JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));

describe('a run that is stopped', () => {
  it('ends with the same models and metrics after kills at any moment', async () => {
    const whole = join(folder, 'whole');
    const { modelHash } = JSON.parse((await simulate(['--out', whole])).last);
    uninterrupted = modelHash;
    expect(metricsOf(whole)).toHaveLength(ROUNDS);
    expect(existsSync(join(whole, 'checkpoint.json'))).toBe(false);
    expect(runOf(whole).complete).toBe(true);

    const out = join(folder, 'killed');
    const random = new Random(deriveSeed(2, 'kills'));
    let killed = 0;
    for (const after of [2, 11, 39]) {
      const { signal } = await simulate(['--out', out, '--resume'], async (round, kill) => {
        if (round !== after) return;
        // In the middle of whatever is being done or written then.
        await delay(random.below(12));
        kill('SIGKILL');
      });
      if (signal === 'SIGKILL') killed++;
      expect(existsSync(join(out, 'run.json'))).toBe(false);
    }
    expect(killed).toBe(3);
    const resumed = await simulate(['--out', out, '--resume', '--workers', '1']);
    expect(resumed.stderr).not.toMatch(/^round 1\//m);
    expect(JSON.parse(resumed.last)).toMatchObject({ rounds: ROUNDS, modelHash });
    expect(metricsOf(out)).toEqual(metricsOf(whole));
    expect(runOf(out).complete).toBe(true);
  }, 240_000);

  it('by Ctrl-C is a valid partial run, and goes on', async () => {
    const out = join(folder, 'interrupted');
    const { status, last, stderr } = await simulate(['--out', out], (round, kill) => {
      if (round === 6) kill('SIGINT');
    });
    expect(status).toBe(130);
    expect(stderr).toMatch(/Interrupted: keeping what was published/);
    const partial = JSON.parse(last);
    expect(partial.rounds).toBeGreaterThanOrEqual(6);
    expect(partial.rounds).toBeLessThan(ROUNDS);
    expect(runOf(out)).toMatchObject({ complete: false, summary: partial });
    expect(metricsOf(out)).toHaveLength(partial.rounds);
    expect(metricsOf(out).at(-1).modelHash).toBe(partial.modelHash);

    const other = await simulate(['--out', out, '--resume', '--seed', '2']);
    expect(other.status).toBe(1);
    expect(other.stderr).toMatch(
      /--resume: .*checkpoint\.json is of a run with seed 1, but now it is 2/,
    );

    const resumed = JSON.parse((await simulate(['--out', out, '--resume'])).last);
    expect(resumed.modelHash).toBe(uninterrupted);
    expect(metricsOf(out)).toHaveLength(ROUNDS);
  }, 240_000);

  it('says what is wrong with a folder that it cannot go on from', async () => {
    const out = join(folder, 'broken');
    await simulate(['--out', out], (round, kill) => {
      if (round === 6) kill('SIGINT');
    });
    writeFileSync(join(out, 'metrics.ndjson'), '{"round":1}\n');
    const metrics = await simulate(['--out', out, '--resume']);
    expect(metrics.stderr).toMatch(/\[file-corrupt\].*metrics\.ndjson: line 1 is not round 1/);
    writeFileSync(join(out, 'checkpoint.json'), '{"version":1}');
    const checkpoint = await simulate(['--out', out, '--resume']);
    expect(checkpoint.status).toBe(1);
    expect(checkpoint.stderr).toMatch(/\[file-corrupt\].*checkpoint\.json: field "options"/);
  }, 240_000);
});
