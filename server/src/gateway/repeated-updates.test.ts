/** Updates that come twice, too late, out of order, by another way or for another task. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { decodeFrame, encodeFrame, type RoundOpen, sha256Hex, type Task } from '@fedhybnn/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningCoordinator, startCoordinator } from '../start.js';
import {
  randomVotes,
  tinyExtractor,
  tinyTask,
  until,
  upload,
  type VotingClient,
  votingClient,
} from '../testing/tiny-federation.js';
import { verifyFolder } from '../verify-folder.js';

// Rounds end when the test has sent everybody's update, and by nothing else.
const first = tinyTask({ goal: 2, ready: 2, rounds: 3, deadlineMs: 600_000 });
const second: Task = { ...first, id: 'other' };
let data: string;
let running: RunningCoordinator;
let clients: VotingClient[] = [];
/** The open rounds of each client, in their order. */
let opened: Map<VotingClient, RoundOpen[]>;

beforeEach(async () => {
  data = mkdtempSync(joinPath(tmpdir(), 'fedhybnn-repeated-'));
  running = await startCoordinator({ data, port: 0 });
  await running.createTask(first, { extractor: tinyExtractor });
  await running.createTask(second, { extractor: tinyExtractor });
  opened = new Map();
});
afterEach(async () => {
  for (const { socket } of clients) socket.disconnect();
  clients = [];
  await running.close();
  rmSync(data, { recursive: true, force: true });
});

async function member(task: Task, id: string): Promise<VotingClient> {
  const client = await votingClient(running.url, task, id, { answers: false });
  clients.push(client);
  const rounds: RoundOpen[] = [];
  opened.set(client, rounds);
  client.socket.on('round:open', (open) => rounds.push(open));
  return client;
}

async function roundOf(client: VotingClient, round: number): Promise<RoundOpen> {
  const find = () => opened.get(client)?.find((open) => open.round === round);
  await until(() => find() !== undefined, `round ${round} of ${client.id}`);
  return find() as RoundOpen;
}

async function send(
  client: VotingClient,
  open: Pick<RoundOpen, 'round' | 'base'>,
  frame: Uint8Array,
) {
  const reply = await upload(client.socket, open, frame);
  return 'ok' in reply ? reply.ok : reply.error.code;
}

/** By HTTP PUT: the receipt, or the code of the refusal. */
async function put(
  client: VotingClient,
  open: Pick<RoundOpen, 'round' | 'base'>,
  frame: Uint8Array,
  task = 'tiny',
) {
  const url = `${running.url}/v1/tasks/${task}/rounds/${open.round}/updates`;
  const reply = await fetch(url, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${client.token}`,
      'fedhybnn-base': open.base,
      'fedhybnn-digest': sha256Hex(frame),
    },
    body: frame as Uint8Array<ArrayBuffer>,
  });
  const answer = await reply.json();
  return reply.ok ? answer : answer.code;
}

describe('an update', () => {
  it('that comes many times at once, by both ways, is counted once', async () => {
    const [a, b] = await Promise.all([member(first, 'a'), member(first, 'b')]);
    const open = await roundOf(a, 1);
    const frame = randomVotes(first, 'a', open);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? send : put)(a, open, frame)),
    );
    expect(answers[0]).toMatchObject({ digest: sha256Hex(frame) });
    expect(answers).toEqual(Array(20).fill(answers[0]));
    await send(b, open, randomVotes(first, 'b', open));
    await roundOf(a, 2);
    // The same bytes still get the same receipt, now that the round is over; others get nothing.
    expect(await send(a, open, frame)).toEqual(answers[0]);
    expect(await put(a, open, frame)).toEqual(answers[0]);
    expect(await send(a, open, randomVotes(first, 'x', open))).toBe('update-conflict');
    expect(await put(a, open, randomVotes(first, 'x', open))).toBe('update-conflict');
    const [, tiny] = await verifyFolder(data);
    expect(tiny).toMatchObject({ task: 'tiny', rounds: 1, updates: 2, waiting: 0 });
  });

  it('of which two versions race is counted in one of them', async () => {
    const [a, b] = await Promise.all([member(first, 'a'), member(first, 'b')]);
    const open = await roundOf(a, 1);
    const frames = ['v1', 'v2', 'v3', 'v4'].map((name) => randomVotes(first, name, open));
    const answers = await Promise.all(
      frames.map((frame, i) => (i % 2 ? send : put)(a, open, frame)),
    );
    expect(answers.filter((answer) => answer === 'update-conflict')).toHaveLength(3);
    const won = answers.findIndex((answer) => typeof answer === 'object');
    expect(answers[won]).toMatchObject({ digest: sha256Hex(frames[won]) });
    await send(b, open, randomVotes(first, 'b', open));
    await roundOf(b, 2);
    expect(await send(a, open, frames[won])).toEqual(answers[won]);
  });

  it('of another round is refused, whatever its header says', async () => {
    const [a, b] = await Promise.all([member(first, 'a'), member(first, 'b')]);
    const one = await roundOf(a, 1);
    const old = randomVotes(first, 'a', one);
    const early = encodeFrame({ ...decodeFrame(old, 'update', 1 << 20), round: 2 });
    for (const way of [send, put]) {
      // Ahead of its time: as what it is, or behind the header of the round being played.
      expect(await way(a, { ...one, round: 2 }, early)).toBe('round-future');
      expect(await way(a, one, early)).toBe('round-future');
    }
    await send(b, one, randomVotes(first, 'b', one));
    await send(a, one, old);
    const two = await roundOf(a, 2);
    for (const way of [send, put]) {
      expect(await way(a, two, old)).toBe('round-stale');
      // The right number with the model of the round before.
      expect(await way(a, two, early)).toBe('wrong-base');
      expect(await way(a, { ...two, base: one.base }, early)).toBe('wrong-base');
      // Somebody else's, of a round that is over.
      expect(await way(b, one, old)).toBe('update-conflict');
    }
    const [, tiny] = await verifyFolder(data);
    expect(tiny).toMatchObject({ rounds: 1, updates: 2, waiting: 0 });
  });

  it('of another task is refused: its frame, its token, its route', async () => {
    const [a, , c] = await Promise.all([
      ...[member(first, 'a'), member(first, 'b')],
      ...[member(second, 'a'), member(second, 'b')],
    ]);
    const here = await roundOf(a, 1);
    const there = await roundOf(c, 1);
    const [mine, theirs] = [randomVotes(first, 'a', here), randomVotes(second, 'a', there)];
    expect(sha256Hex(mine)).not.toBe(sha256Hex(theirs));
    for (const way of [send, put]) {
      expect(await way(a, here, theirs)).toBe('wrong-task');
      expect(await way(a, there, theirs)).toBe('wrong-task');
    }
    expect(await send(c, there, mine)).toBe('wrong-task');
    expect(await put(c, there, theirs, 'tiny')).toBe('token-invalid');
    expect(await put(a, there, theirs, 'other')).toBe('token-invalid');
    expect(await put(a, here, mine, 'nope')).toBe('token-invalid');
    // After all that, both tasks still take what is theirs: the names of clients are a task's own.
    expect(await send(a, here, mine)).toMatchObject({ digest: sha256Hex(mine) });
    expect(await put(c, there, theirs, 'other')).toMatchObject({ digest: sha256Hex(theirs) });
    const reports = await verifyFolder(data);
    expect(reports.map(({ task, waiting }) => [task, waiting])).toEqual([
      ...[
        ['other', 1],
        ['tiny', 1],
      ],
    ]);
  });

  it('is as good in any order of the clients, and after others were refused', async () => {
    const [a, b] = await Promise.all([member(first, 'a'), member(first, 'b')]);
    for (const round of [1, 2, 3]) {
      const open = await roundOf(a, round);
      const order = round % 2 ? [a, b] : [b, a];
      for (const client of order) {
        const frame = randomVotes(first, client.id, open);
        const broken = frame.slice();
        broken[88] ^= 1;
        expect(await send(client, open, broken)).toBe('frame-corrupt');
        expect(await put(client, open, frame.slice(0, -1))).toBe('frame-truncated');
        expect(await (round % 2 ? send : put)(client, open, frame)).toMatchObject({
          digest: sha256Hex(frame),
        });
      }
    }
    await until(async () => {
      const { phase } = await (await fetch(`${running.url}/v1/tasks/tiny`)).json();
      return phase === 'ENDED';
    }, 'the end');
    const [, tiny] = await verifyFolder(data);
    expect(tiny).toMatchObject({ rounds: 3, updates: 6, waiting: 0 });
  });
});
