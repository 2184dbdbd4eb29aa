import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const command = fileURLToPath(new URL('../../dist/bin/simulate.js', import.meta.url));

function simulate(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    encoding: 'utf8',
    timeout: 170_000,
  });
  return { status, stdout, stderr, last: stdout.trimEnd().split('\n').at(-1) ?? '' };
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fedhybnn-simulate-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('fedhybnn-simulate run', () => {
  it('learns MNIST, prints its summary as the last line, and repeats itself to the byte', () => {
    const args = ['--clients', '100', '--cohort', '10', '--rounds', '3', '--seed', '1', '--json'];
    const out = join(folder, 'a');
    const first = simulate('run', ...args, '--workers', '2', '--out', out);
    expect(first.status).toBe(0);
    const summary = JSON.parse(first.last);
    expect(Object.keys(summary)).toEqual([
      ...['dataset', 'rule', 'clients', 'cohort', 'rounds', 'seed', 'finalAccuracy'],
      ...['bestAccuracy', 'uplinkBpp', 'downlinkBpp', 'uplinkBytes', 'downlinkBytes'],
      ...['parameters', 'seconds', 'roundsPerSecond', 'peakRssMb', 'modelHash'],
    ]);
    expect(summary).toMatchObject({
      dataset: 'mnist',
      rule: 'sign-vote',
      rounds: 3,
      parameters: 262_144,
    });
    expect(summary.finalAccuracy).toBeGreaterThan(0.9);
    expect(summary.uplinkBpp).toBeLessThanOrEqual(1.02);
    expect(summary.downlinkBpp).toBeLessThanOrEqual(1.02);
    expect(first.stderr).toMatch(/^binary 1: 512 → 512, 262,144 parameters, 32768 bytes/m);
    expect(first.stderr).toMatch(/^hadamard code: 512 → 10, fixed, 640 bytes/m);
    expect(first.stderr).toMatch(/round 3\/3 {2}accuracy 9\d\.\d\d %/);
    const lines = readFileSync(join(out, 'metrics.ndjson'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).round)).toEqual([1, 2, 3]);
    expect(JSON.parse(lines[2]).modelHash).toBe(summary.modelHash);
    expect(JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')).summary).toEqual(summary);

    const second = simulate('run', ...args, '--workers', '1');
    expect(JSON.parse(second.last).modelHash).toBe(summary.modelHash);
  }, 180_000);

  it.each([
    [
      ['--partition', 'dirichlet:0'],
      /error \[bad-request\]: .*--partition.*must be iid or dirichlet:α/,
    ],
    [['--rule', 'sign-vot'], /error \[bad-request\]: .*Allowed choices are sign-vote, fedavg/],
    [
      ['--clients', '10', '--cohort', '11'],
      /error \[bad-request\]: --cohort 11: must be at most --clients \(10\)/,
    ],
    [
      ['--clients', '60001'],
      /error \[bad-request\]: --clients 60001: the data set has only 60000 samples/,
    ],
    [['--rounds', '1.5'], /must be a whole number/],
    [['--hidden', '8'], /widen the last hidden layer/],
    [
      ['--extractor', 'nothing'],
      /error \[unknown-file\]: --extractor nothing: .*patches-512, pixels/,
    ],
    [
      ['--clinets', '3'],
      /error \[unknown-option\]: unknown option '--clinets' \(Did you mean --clients\?\)/,
    ],
    [['--out', '/dev/null/x'], /error \[data-folder\]: --out \/dev\/null\/x/],
  ])('refuses %j in a clear line', (args, message) => {
    const { status, stdout, stderr } = simulate('run', '--rounds', '1', ...args);
    expect(status).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/ {4}at /);
  });

  it('refuses a corrupt extractor file', () => {
    const file = join(folder, 'broken.fhx');
    writeFileSync(file, 'FHBX and then nothing that makes sense');
    const { status, stderr } = simulate('run', '--extractor', file);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error \[file-corrupt\]: /m);
  });
});
