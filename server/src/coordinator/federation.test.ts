import { mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { BitMatrix, deriveSeed, encodeBitsFile, Random, sha256Hex } from '@fedhybnn/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTaskInFolder } from '../folder-commands.js';
import { type RunningCoordinator, startCoordinator } from '../start.js';
import {
  tinyExtractor,
  tinyTask,
  until,
  type VotingClient,
  votingClient,
} from '../testing/tiny-federation.js';
import { verifyFolder } from '../verify-folder.js';

let data: string;
let running: RunningCoordinator | undefined;
let clients: VotingClient[] = [];

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'fedhybnn-coordinator-'));
});
afterEach(async () => {
  for (const { socket } of clients) socket.disconnect();
  clients = [];
  await running?.close();
  running = undefined;
  rmSync(data, { recursive: true, force: true });
});

async function start(task = tinyTask(), port = 0): Promise<string> {
  running = await startCoordinator({ data, port });
  await running.createTask(task, { extractor: tinyExtractor });
  return running.url;
}

async function phase(url: string): Promise<{ phase: string; round: number; model: string }> {
  const { phase, latest } = await (await fetch(`${url}/v1/tasks/tiny`)).json();
  return { phase, ...latest };
}

const ended = (url: string) => until(async () => (await phase(url)).phase === 'ENDED', 'the end');

async function playThrough(task = tinyTask()): Promise<string> {
  const url = await start(task);
  clients = await Promise.all(['a', 'b', 'c'].map((id) => votingClient(url, task, id)));
  await ended(url);
  return url;
}

describe('a federation over real sockets', () => {
  it('plays all rounds, counts every update once, and verifies', async () => {
    const url = await playThrough();
    for (const client of clients) {
      expect([...client.receipts.keys()]).toEqual([1, 2, 3]);
      expect(client.errors).toEqual([]);
    }
    const { model } = await phase(url);
    const [report] = await verifyFolder(data);
    expect(report).toMatchObject({ task: 'tiny', rounds: 3, updates: 9, waiting: 0, model });
    const { rounds } = await (await fetch(`${url}/v1/tasks/tiny/rounds?after=0`)).json();
    expect(rounds.map(({ round }: { round: number }) => round)).toEqual([1, 2, 3]);
    await until(() => clients.every(({ closed }) => closed.length === 3), 'round:closed');
    const names = await readdir(join(data, 'files'), { recursive: true });
    expect(names.filter((name) => name.includes('/.'))).toEqual([]);
    expect(clients[0].closed.map(({ round, model }) => ({ round, model }))).toEqual(
      rounds.map(({ round, model }: { round: number; model: string }) => ({ round, model })),
    );
  });

  it('serves files from a data folder that was given by a relative path', async () => {
    running = await startCoordinator({ data: relative(process.cwd(), data), port: 0 });
    await running.createTask(tinyTask(), { extractor: tinyExtractor });
    const { model } = await phase(running.url);
    const reply = await fetch(`${running.url}/v1/files/${model}`);
    expect(reply.status).toBe(200);
    expect(sha256Hex(new Uint8Array(await reply.arrayBuffer()))).toBe(model);
  });

  it('measures every model on the labeled set, which verify repeats', async () => {
    const random = new Random(deriveSeed(1, 'labeled set'));
    const bits = BitMatrix.create(40, 64);
    const labels = Int32Array.from({ length: 40 }, () => random.below(10));
    for (let i = 0; i < 40; i++) {
      for (let j = 0; j < 64; j++) bits.set(i, j, random.below(2) === 1);
    }
    running = await startCoordinator({ data, port: 0 });
    const { url } = running;
    const task = tinyTask();
    const evaluation = encodeBitsFile({ bits, labels }, 10);
    await running.createTask(task, { extractor: tinyExtractor, evaluation });
    clients = await Promise.all(['a', 'b', 'c'].map((id) => votingClient(url, task, id)));
    await ended(url);
    const { rounds } = await (await fetch(`${url}/v1/tasks/tiny/rounds?after=0`)).json();
    for (const { accuracy } of rounds) {
      expect(accuracy * 40).toBeCloseTo(Math.round(accuracy * 40), 9);
    }
    expect(await verifyFolder(data)).toMatchObject([{ rounds: 3 }]);
  });

  it('finds a task that another process has created', async () => {
    running = await startCoordinator({ data, port: 0 });
    const { url } = running;
    const missing = await fetch(`${url}/v1/tasks/tiny`);
    expect(await missing.json()).toMatchObject({ code: 'unknown-task' });
    await createTaskInFolder({ data }, tinyTask(), { extractor: tinyExtractor });
    await until(async () => (await fetch(`${url}/v1/tasks/tiny`)).ok, 'the task to be found');
  });

  it.each(['dashboard', 'join', 'v1', 'healthz'])(
    'refuses the id %s, an address of its own',
    async (id) => {
      const task = { ...tinyTask(), id };
      await expect(
        createTaskInFolder({ data }, task, { extractor: tinyExtractor }),
      ).rejects.toMatchObject({
        code: 'bad-request',
        message: expect.stringMatching(/field "id" is an address of the coordinator itself/),
      });
    },
  );

  it('opens a task once, however many create it at the same time', async () => {
    running = await startCoordinator({ data, port: 0 });
    const { url, createTask } = running;
    const task = tinyTask();
    await createTaskInFolder({ data }, task, { extractor: tinyExtractor });
    await Promise.all([1, 2, 3].map(() => createTask(task, { extractor: tinyExtractor })));
    clients = await Promise.all(['a', 'b', 'c'].map((id) => votingClient(url, task, id)));
    await ended(url);
    expect(await verifyFolder(data)).toMatchObject([{ rounds: 3, updates: 9 }]);
    const other = tinyTask({ rounds: 7 });
    await expect(createTask(other, { extractor: tinyExtractor })).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(/choose another "id"/),
    });
  });

  it.each([
    ['fedavg, whose updates are 32 bits', 'fedavg'],
    ['block-vote, whose tally is of a block', 'block-vote'],
    ['flip-vote, whose updates and steps vary in length', 'flip-vote'],
    ['eden, whose steps are larger than its updates', 'eden'],
  ] as const)('with %s', async (_what, rule) => {
    await playThrough(tinyTask({}, rule));
    expect(await verifyFolder(data)).toMatchObject([{ rounds: 3, updates: 9 }]);
  });

  it('publishes at the deadline without the member that never answers', async () => {
    const task = tinyTask({ rounds: 1, deadlineMs: 400 });
    const url = await start(task);
    clients = await Promise.all([
      votingClient(url, task, 'a'),
      votingClient(url, task, 'b'),
      votingClient(url, task, 'silent', { answers: false }),
    ]);
    await ended(url);
    expect(await verifyFolder(data)).toMatchObject([{ rounds: 1, updates: 2 }]);
  });

  it('abandons below the minimum and counts the kept update in the next attempt', async () => {
    const task = tinyTask({ rounds: 1, deadlineMs: 300, gatherMs: 50 });
    const url = await start(task);
    clients = await Promise.all([
      votingClient(url, task, 'a'),
      votingClient(url, task, 'x', { answers: false }),
      votingClient(url, task, 'y', { answers: false }),
    ]);
    await until(() => clients[0].receipts.size === 1, 'the first update');
    clients.push(await votingClient(url, task, 'b'), await votingClient(url, task, 'c'));
    await ended(url);
    expect(clients[0].receipts.size).toBe(1);
    const [report] = await verifyFolder(data);
    expect(report.rounds).toBe(1);
    expect(report.updates).toBeGreaterThanOrEqual(2);
  });

  it('goes on after a stop in the middle of a round, and counts what was acked once', async () => {
    const task = tinyTask({ rounds: 2, deadlineMs: 60_000 });
    const url = await start(task);
    const port = running?.port;
    clients = await Promise.all([
      votingClient(url, task, 'a'),
      votingClient(url, task, 'b'),
      votingClient(url, task, 'silent', { answers: false }),
    ]);
    await until(() => clients[0].receipts.size + clients[1].receipts.size === 2, 'two updates');
    await running?.close();
    expect(await verifyFolder(data)).toMatchObject([{ rounds: 0, updates: 0, waiting: 2 }]);
    for (const { socket } of clients) socket.disconnect();

    await start(task, port);
    const again = await Promise.all([
      votingClient(url, task, 'a', { token: clients[0].token }),
      votingClient(url, task, 'b', { token: clients[1].token }),
      votingClient(url, task, 'c'),
    ]);
    const before = clients.map(({ receipts }) => receipts.get(1));
    clients = again;
    await ended(url);
    // Already counted members are not asked again; their receipts stay what they were.
    expect(again[0].receipts.has(1)).toBe(false);
    expect(again[2].receipts.has(1)).toBe(true);
    expect(before[0]?.sequence).toBeDefined();
    expect(await verifyFolder(data)).toMatchObject([{ rounds: 2, updates: 6, waiting: 0 }]);
  });
});
