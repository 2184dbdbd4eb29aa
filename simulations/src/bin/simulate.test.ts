import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

describe('fedhybnn-simulate train', () => {
  it('trains a head with batch normalization, whose file has the accuracy that it tells', () => {
    const head = join(folder, 'central.fhh');
    const args = ['--hidden', '64', '--epochs', '1', '--batch-norm', '--out', head, '--json'];
    const trained = simulate('train', ...args);
    expect(trained.status).toBe(0);
    expect(trained.stderr).toMatch(/^epoch 1\/1 {2}loss \d\.\d+ {2}accuracy 9\d\.\d+ %$/m);
    const summary = JSON.parse(trained.last);
    expect(summary.parameters).toBe(512 * 64 + 64 * 10);
    const evaluated = JSON.parse(simulate('evaluate', head, '--json').last);
    expect(evaluated.accuracy).toBe(summary.accuracy);
  });
});

describe('fedhybnn-simulate pretrain --federated', () => {
  const options = ['--clients', '600', '--cohort', '5', '--panel', '20', '--rounds', '30'];
  const args = ['pretrain', '--federated', ...options, '--bits', '40', '--filters', '4', '--json'];

  it('keeps the last round at Ctrl-C, and makes the same file after --resume', async () => {
    const whole = JSON.parse(simulate(...args, '--out', join(folder, 'whole.fhx')).last);
    const out = join(folder, 'federated.fhx');
    const child = spawn(process.execPath, [command, ...args, '--out', out]);
    let told = '';
    child.stderr.on('data', (chunk) => {
      const before = told;
      told += String(chunk);
      if (told.includes('round 2/35') && !before.includes('round 2/35')) child.kill('SIGINT');
    });
    const [status] = await once(child, 'close');
    expect(status).toBe(130);
    expect(told).toMatch(/Interrupted: finishing the round/);
    expect(told).toMatch(/stopped after round \d+, kept in .*federated\.fhx\.state\.json; /);
    expect(existsSync(out)).toBe(false);

    const resumed = simulate(...args, '--out', out, '--resume');
    expect(resumed.status).toBe(0);
    expect(resumed.stderr).toMatch(/^resumed after round \d+ from /m);
    const { sha256, uplinkBytes } = JSON.parse(resumed.last);
    expect({ sha256, uplinkBytes }).toEqual({
      sha256: whole.sha256,
      uplinkBytes: whole.uplinkBytes,
    });
    expect(existsSync(`${out}.state.json`)).toBe(false);
  }, 60_000);
});

describe('fedhybnn-simulate run', () => {
  it('learns MNIST, prints its summary as the last line, and repeats itself to the byte', () => {
    const args = [
      '--rule',
      'sign-vote',
      '--clients',
      '100',
      '--cohort',
      '10',
      '--rounds',
      '3',
      '--seed',
      '1',
      '--json',
    ];
    const out = join(folder, 'a');
    const first = simulate('run', ...args, '--workers', '2', '--out', out);
    expect(first.status).toBe(0);
    const summary = JSON.parse(first.last);
    expect(Object.keys(summary)).toEqual([
      ...['dataset', 'rule', 'clients', 'cohort', 'rounds', 'seed', 'finalAccuracy'],
      ...['bestAccuracy', 'uplinkBpp', 'downlinkBpp', 'uplinkBytes', 'downlinkBytes'],
      ...['parameters', 'seconds', 'roundsPerSecond', 'medianRoundMs', 'cpuMsPerRound'],
      ...['peakRssMb', 'modelHash'],
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

  it('trains other heads, and says what their weights take', () => {
    const args = [
      '--clients',
      '100',
      '--cohort',
      '10',
      '--rounds',
      '1',
      '--hidden',
      '64',
      '--json',
    ];
    const kind = [
      '--rule',
      'sign-vote',
      '--weights',
      'ternary',
      '--loss',
      'squared-hinge',
      '--optimizer',
      'sgd',
    ];
    const { status, stderr, last } = simulate('run', ...args, ...kind);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^ternary 1: 512 → 64, 32,768 parameters, 8192 bytes of weights/m);
    expect(JSON.parse(last).finalAccuracy).toBeGreaterThan(0.4);
  }, 60_000);

  it('federates a head with convolutions, whatever the number of workers', () => {
    const head = ['--extractor', 'pixels', '--convolution', '8p,16p', '--hidden', '64'];
    const args = [
      'run',
      ...head,
      '--rule',
      'sign-vote',
      '--clients',
      '100',
      '--cohort',
      '4',
      '--rounds',
      '3',
      '--json',
    ];
    const first = simulate(...args, '--workers', '2');
    expect(first.stderr).toMatch(/^convolution 2: 72 → 16, 1,152 parameters, 144 bytes/m);
    const summary = JSON.parse(first.last);
    expect(summary.parameters).toBe(9 * 8 + 72 * 16 + 7 * 7 * 16 * 64);
    expect(summary.finalAccuracy).toBeGreaterThan(0.4);
    expect(JSON.parse(simulate(...args, '--workers', '1').last).modelHash).toBe(summary.modelHash);
  }, 180_000);

  it.each([
    [['--weights', 'real'], /--weights.*Allowed choices are binary, scaled, ternary/],
    [['--loss', 'hinge'], /--loss.*Allowed choices are .*squared-hinge/],
    [['--optimizer', 'lion'], /--optimizer.*Allowed choices are adam, sgd, bop/],
    [
      ['--partition', 'dirichlet:0'],
      /error \[bad-request\]: .*--partition.*must be iid, dirichlet:α/,
    ],
    [['--rule', 'sign-vot'], /error \[bad-request\]: .*Allowed choices are sign-vote, block-vote/],
    [
      ['--clients', '10', '--cohort', '11'],
      /error \[bad-request\]: --cohort 11: must be at most --clients \(10\)/,
    ],
    [
      ['--clients', '60001', '--partition', 'classes:2'],
      /error \[bad-request\]: --partition classes: 60001 clients .*take iid or dirichlet:α/,
    ],
    [['--rounds', '1.5'], /must be a whole number/],
    [
      ['--rule', 'fedavg', '--share', '0.1'],
      /error \[bad-request\]: --rule fedavg with share 0.1: .*docs\/rules.md/,
    ],
    [['--hidden', '8'], /widen the last hidden layer/],
    [['--convolution', '16p,32q'], /--convolution.*'16p,32q'.*must be a whole number 1…1024/],
    [['--convolution', '16'], /--convolution: .*"patches".*choose --extractor pixels/],
    [
      ['--convolution', '8p,8p,8p,8p,8p', '--extractor', 'pixels'],
      /"head\.convolution\.layers\.4\.pool" asks for 2×2 pools of 1×1 pixels/,
    ],
    [
      ['--extractor', 'nothing'],
      /error \[unknown-file\]: --extractor nothing: .*patches-512, .*pixels/,
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

  it('plays a grid from a file, goes on with it, and compares what it is given', () => {
    const file = join(folder, 'grid.yaml');
    const small = 'clients: 600\ncohort: 2\nrounds: 2\nhidden: 32\nepochs: 1\n';
    writeFileSync(file, `${small}grid: { rule: [sign-vote, fedavg] }\n`);
    const out = join(folder, 'grid');
    const first = simulate('run', file, '--out', out, '--json');
    expect(first.status).toBe(0);
    expect(first.stderr).toMatch(/^\[2\/2\] fedavg, seed 1: \d\d\.\d\d % in /m);
    const { page, groups, failed } = JSON.parse(first.last);
    expect({ failed, seeds: groups.map(({ seeds }: { seeds: number[] }) => seeds) }).toEqual({
      failed: 0,
      seeds: [[1], [1]],
    });
    expect(existsSync(page)).toBe(true);
    const again = simulate('run', file, '--out', out);
    expect(again.stderr).toBe('');
    expect(again.last).toBe(page);

    const compared = simulate('compare', out, '--out', join(folder, 'compared'), '--json');
    expect(JSON.parse(compared.last).groups).toEqual(groups);
  }, 60_000);

  it.each([
    [['quikstart'], /error \[unknown-file\]: run quikstart: .*did you mean "quickstart"\?/],
    [['quickstart', '--rule', 'x'], /error \[bad-request\]: .*Allowed choices are sign-vote/],
    [['quickstart', '--cohort', '11'], /--cohort 11: must be at most --clients \(10\)/],
  ])('refuses the experiment %j in a clear line', (args, message) => {
    const { status, stdout, stderr } = simulate('run', ...args);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });

  it('refuses a corrupt extractor file', () => {
    const file = join(folder, 'broken.fhx');
    writeFileSync(file, 'FHBX and then nothing that makes sense');
    const { status, stderr } = simulate('run', '--extractor', file);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error \[file-corrupt\]: /m);
  });
});

describe('fedhybnn-simulate experiment paper', () => {
  const out = () => join(folder, 'paper');
  const quick = (...args: string[]) =>
    simulate('experiment', 'paper', '--quick', '--only', 'rules', '--out', out(), ...args);

  it('plays a section in short, draws it, and plays nothing again', () => {
    const first = quick('--seeds', '1', '--json');
    expect(first.status).toBe(0);
    const [section] = JSON.parse(first.last).sections;
    expect(section.cases).toHaveLength(10);
    for (const { accuracy } of section.cases) expect(accuracy.count).toBe(1);
    expect(first.stderr).toMatch(/^\[10\/10\] rules: .*, seed 1: \d\d\.\d\d % in /m);
    expect(readFileSync(join(out(), 'results.md'), 'utf8')).toMatch(/^Smoke run/m);
    expect(readFileSync(join(out(), 'rules-bytes.svg'), 'utf8')).toMatch(/^<svg[^>]* xmlns=/);
    const again = quick('--seeds', '1');
    expect(again.stderr).toMatch(/^10 results are there, 0 to measure$/m);
    expect(again.last).toBe(join(out(), 'rules-bytes.png'));
  }, 170_000);

  it.each([
    [
      ['--only', 'rules,rule'],
      /error \[bad-request\]: .*There is no section "rule"; there are head/,
    ],
    [['--seeds', '1,x'], /error \[bad-request\]: .*--seeds.*must be a whole number/],
    [['--out', '/dev/null/x'], /error \[data-folder\]: --out: \/dev\/null\/x/],
  ])('refuses %j in a clear line', (args, message) => {
    const { status, stderr } = quick(...args);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/ {4}at /);
  });
});
