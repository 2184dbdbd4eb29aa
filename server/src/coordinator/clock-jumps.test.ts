/**
 * The coordinator's wall clock is set: by a time server after a start, by an operator's mistake, by a
 * battery that is empty. Its clients keep their time.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import type { RoundOpen, Task } from '@fedhybnn/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CoordinatorProcess } from '../faults/coordinator-process.js';
import {
  connect,
  join,
  randomVotes,
  tinyExtractor,
  tinyTask,
  until,
  upload,
  type VotingClient,
  votingClient,
} from '../testing/tiny-federation.js';
import { verifyFolder } from '../verify-folder.js';

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
const JUMPS: [string, number][] = [
  ['a year forward', YEAR_MS],
  ['a year back', -YEAR_MS],
  ['to 1970', -Date.now()],
];

let folder: string;
let running: CoordinatorProcess;
let url: string;
let task: Task;
let clients: VotingClient[] = [];

beforeEach(() => {
  folder = mkdtempSync(joinPath(tmpdir(), 'fedhybnn-clock-'));
});
afterEach(async () => {
  for (const { socket } of clients) socket.disconnect();
  clients = [];
  await running.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function play(federation: Partial<Task['federation']>): Promise<void> {
  task = tinyTask(federation);
  const place = (name: string) => joinPath(folder, name);
  writeFileSync(place('tiny.fhx'), tinyExtractor);
  writeFileSync(place('task.json'), JSON.stringify(task));
  running = CoordinatorProcess.start({
    ...{ data: place('data'), port: 0, clock: true },
    ...{ task: place('task.json'), extractor: place('tiny.fhx') },
  });
  expect(await running.ready).not.toBeNull();
  url = running.url;
}

async function members(answers: readonly boolean[]): Promise<VotingClient[]> {
  clients = await Promise.all(
    answers.map((answer, i) => votingClient(url, task, `m${i}`, { answers: answer })),
  );
  return clients;
}

const describeTask = async () => (await fetch(`${url}/v1/tasks/tiny`)).json();
const ended = () => until(async () => (await describeTask()).phase === 'ENDED', 'the end');
const verified = () => verifyFolder(joinPath(folder, 'data'));

/** Why a connection with this token is refused, or null if it is not. */
function refusalOf(token: string): Promise<string | null> {
  const socket = connect(url, token);
  return new Promise<string | null>((resolve) => {
    socket.once('connect', () => resolve(null));
    socket.once('connect_error', (error) => {
      resolve((error as Error & { data: { code: string } }).data.code);
    });
  }).finally(() => socket.disconnect());
}

describe.each(JUMPS)('a wall clock that jumps %s', (_name, jump) => {
  it('does not end a round before its time', async () => {
    await play({ rounds: 1, deadlineMs: 600_000 });
    let open: RoundOpen | undefined;
    const [, , last] = await members([true, true, false]);
    last.socket.on('round:open', (message) => {
      open = message;
    });
    await until(() => clients.filter(({ receipts }) => receipts.has(1)).length === 2, 'two votes');
    await until(() => open !== undefined, 'round:open');
    await running.setClock(jump);
    const frame = randomVotes(task, last.id, open as RoundOpen);
    expect(await upload(last.socket, open as RoundOpen, frame)).toHaveProperty('ok');
    await ended();
    expect(await verified()).toMatchObject([{ rounds: 1, updates: 3 }]);
  });

  it('does not keep one open beyond its deadline', async () => {
    await play({ rounds: 1, deadlineMs: 1500 });
    await members([true, true, false]);
    await until(() => clients.filter(({ receipts }) => receipts.has(1)).length === 2, 'two votes');
    await running.setClock(jump);
    await ended();
    expect(await verified()).toMatchObject([{ rounds: 1, updates: 2 }]);
  });

  it('does not disturb a federation that goes on, nor its journal', async () => {
    await play({ rounds: 6 });
    await members([true, true, true]);
    for (const [round, at] of [
      [1, jump],
      [3, 0],
      [4, -jump / 2],
    ]) {
      await until(() => clients[0].closed.length >= round, `round ${round}`);
      await running.setClock(at);
    }
    await ended();
    expect(await verified()).toMatchObject([{ rounds: 6 }]);
  });
});

describe('tokens, when the wall clock jumps', () => {
  const resumed = (token: string) => join(url, task, '', { client: undefined, resume: token });

  it('forward and back, are as good as their time says, and no connection is cut', async () => {
    await play({ rounds: 3 });
    const [a, b] = await members([true, true]);
    await running.setClock(25 * HOUR_MS);
    expect(await refusalOf(a.token)).toBe('token-expired');
    // The third is new, and gets a token of that day; the two who were there are not asked again.
    const third = await votingClient(url, task, 'third');
    clients.push(third);
    await ended();
    expect([a, b].map(({ receipts }) => receipts.size)).toEqual([3, 3]);
    expect((await resumed(a.token)).client).toBe(a.id);
    // Back: what was issued "tomorrow" is no worse for it, and ends when it said.
    await running.setClock(0);
    expect(await refusalOf(third.token)).toBeNull();
    expect(await refusalOf(a.token)).toBeNull();
    await running.setClock(24 * HOUR_MS + 1000);
    expect(await refusalOf(a.token)).toBe('token-expired');
    await running.setClock(49 * HOUR_MS + 1000);
    expect(await refusalOf(third.token)).toBe('token-expired');
  });

  it('by years, cannot be exchanged for new ones for ever', async () => {
    await play({});
    const { token } = await join(url, task, 'old');
    await running.setClock(24 * HOUR_MS + 89 * 24 * HOUR_MS);
    expect((await resumed(token)).client).toBe('old');
    await running.setClock(24 * HOUR_MS + 91 * 24 * HOUR_MS);
    await expect(resumed(token)).rejects.toThrow(/token-expired/);
  });
});
