import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startCoordinator } from '@fedhybnn/server';
import { FRAME_OVERHEAD, loadExtractor, mnistTask, parameterCount } from '@fedhybnn/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readExtractorFile } from '../run/extractor-source.js';

const command = join(
  dirname(createRequire(import.meta.url).resolve('@fedhybnn/client/package.json')),
  'bin/fedhybnn-client.js',
);

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

class Command {
  readonly ended: Promise<Outcome>;
  private readonly child: ChildProcess;
  private stdout = '';
  private stderr = '';
  private look = () => {};

  constructor(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    const env = { ...process.env, FEDHYBNN_DATASETS: join(folder, 'cache'), ...environment };
    this.child = spawn(process.execPath, [command, ...args], { env, cwd: folder });
    this.child.stdout?.on('data', (text) => {
      this.stdout += text;
    });
    this.child.stderr?.on('data', (text) => {
      this.stderr += text;
      this.look();
    });
    this.ended = new Promise((resolve) => {
      this.child.on('close', (status) => {
        resolve({ status, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  /** Resolves when stderr matches; rejects if the command ends first. */
  says(pattern: RegExp): Promise<void> {
    const ended = this.ended.then(({ status, stderr }): never => {
      throw new Error(`ended with status ${status}: ${stderr}`);
    });
    const said = new Promise<void>((resolve) => {
      this.look = () => {
        if (pattern.test(this.stderr)) resolve();
      };
      this.look();
    });
    return Promise.race([said, ended]);
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fedhybnn-headless-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A coordinator of a small task on binarized digits. */
async function coordinatorOf(id: string, rounds: number, goal: number) {
  const extractorFile = await readExtractorFile('pixels');
  const { sha256, kind, bits } = await loadExtractor(extractorFile);
  const task = mnistTask({
    id,
    extractor: { sha256, kind, bits },
    hidden: [16],
    rule: 'sign-vote',
    federation: { rounds, goal, minimum: 1, gatherMs: 500, deadlineMs: 2000 },
  });
  const coordinator = await startCoordinator({
    data: join(folder, `data-${id}`),
    port: 0,
    host: '127.0.0.1',
  });
  await coordinator.createTask(task, { extractor: extractorFile });
  return { ...coordinator, parameters: parameterCount(task) };
}

const run = (...args: string[]) => new Command(args).ended;

describe('fedhybnn-client join', () => {
  it('plays a federation with several clients and reports it as one JSON object', async () => {
    const { url, parameters, close } = await coordinatorOf('digits', 3, 2);
    const { status, stdout, stderr } = await run(
      ...['join', url, '--data', 'mnist:300/300', '--count', '2', '--workers', '2', '--json'],
    );
    await close();
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const lines = stdout.trim().split('\n');
    const summary = JSON.parse(lines[lines.length - 1]);
    const bytes = FRAME_OVERHEAD + parameters / 8;
    expect(summary).toMatchObject({
      ...{ task: 'digits', why: 'federation-ended', clients: 2, rounds: 3, contributed: 6 },
      ...{ parameters, uplinkBytes: 6 * bytes, downlinkBytes: 6 * bytes, finalAccuracy: null },
    });
    expect(summary.uplinkBpp).toBeCloseTo((8 * bytes) / parameters, 5);
    expect(stderr).toContain('latent bits of 400 samples');
    expect(stderr).toContain('joined "Handwritten digits" as 2 clients');
    expect(stderr.match(/round 2\/3 {2}accuracy/g)).toHaveLength(1);
    // By default they remember who they are below the working folder.
    const states = join(folder, 'data', 'clients', `${new URL(url).host.replace(':', '-')}-digits`);
    expect((await readdir(states)).sort()).toEqual(['mnist-1of300.json', 'mnist-300of300.json']);
  });

  it('leaves cleanly at Ctrl-C, is the same client again, and survives kill -9', async () => {
    const { url, close } = await coordinatorOf('restart', 1000, 1);
    const state = join(folder, 'state');
    const args = ['join', `${url}/restart`, '--data', 'mnist:1/300', '--state', state];
    const path = join(state, `${new URL(url).host.replace(':', '-')}-restart`, 'mnist-1of300.json');
    const client = async () => JSON.parse(await readFile(path, 'utf8')).client;

    const first = new Command([...args, '--json']);
    await first.says(/round 2\/1000/);
    first.kill('SIGINT');
    const { status, stdout } = await first.ended;
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ why: 'stopped', task: 'restart' });
    const name = await client();

    const second = new Command(args);
    await second.says(/round \d+\/1000/);
    second.kill('SIGKILL');
    await second.ended;
    expect(await client()).toBe(name);

    await writeFile(path, '{"version":1,"cli');
    const third = new Command(args);
    await third.says(/warning: client state .*moved to .*corrupt/);
    await third.says(/round \d+\/1000/);
    third.kill('SIGTERM');
    expect((await third.ended).status).toBe(0);
    expect(await client()).not.toBe(name);
    await close();
  });

  it.each([
    [['join', '--data', 'mnist:1/2'], /missing required argument 'url'/],
    [['join', 'http://localhost:1'], /required option '--data <spec>'/],
    [['join', 'http://localhost:1', '--data', 'mnist:1/2', '--cuont', '2'], /Did you mean --count/],
    [['join', 'http://localhost:1', '--data', 'mnist:0/2'], /shard 0 is outside 1…2/],
    [['join', 'http://localhost:1', '--data', 'mnist', '--count', '0'], /whole number 1…10000/],
    [['jion'], /Did you mean join/],
  ])('refuses %j in words of one line', async (args, words) => {
    const { status, stderr } = await run(...args);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(words);
    expect(stderr).not.toContain('    at ');
  });

  it.each([
    [['nowhere', '--data', 'mnist:1/2'], 'bad-request', /url "nowhere".*write for example/],
    [['http://127.0.0.1:9', '--data', 'mnist', '--count', '2'], 'bad-request', /mnist:1\/2/],
    [
      ['http://127.0.0.1:9', '--data', 'mnist:1/2', '--timeout', '0'],
      'coordinator-unreachable',
      /no answer from http:\/\/127\.0\.0\.1:9/,
    ],
  ])('ends with one line for %j', async (args, code, words) => {
    const { status, stdout, stderr } = await run('join', ...args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(words);
    expect(stderr).toMatch(new RegExp(`^error \\[${code}\\]: .*\\n$`));
  });

  it('names the tasks that there are, and refuses a federation that has ended', async () => {
    const { url, close } = await coordinatorOf('short', 1, 1);
    const unknown = await run('join', `${url}/long`, '--data', 'mnist:1/300');
    expect(unknown).toMatchObject({ status: 1 });
    expect(unknown.stderr).toMatch(/^error \[unknown-task\]: .*short\n$/);
    const args = ['join', url, '--data', 'mnist:1/300', '--quiet'];
    expect(await run(...args)).toEqual({ status: 0, stdout: '', stderr: '' });
    const late = await run(...args);
    expect(late).toMatchObject({ status: 1, stdout: '' });
    expect(late.stderr).toMatch(/^error \[federation-ended\]: .*\/v1\/files\/[0-9a-f]{64}\n$/);
    await close();
  });
});
