import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import {
  BitMatrix,
  decodeUpdate,
  deriveSeed,
  encodeBitsFile,
  encodeUpdate,
  FRAME_OVERHEAD,
  parameterCount,
  Random,
  type RobustSettings,
  type RoundOpen,
  ruleFor,
  taskHash,
} from '@fedhybnn/shared';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningCoordinator, startCoordinator } from '../start.js';
import { openEmbeddedStore } from '../store/embedded-store.js';
import type { JournalEntry } from '../store/store.js';
import {
  connect,
  join,
  randomVotes,
  tinyExtractor,
  tinyTask,
  until,
  upload,
} from '../testing/tiny-federation.js';
import { verifyFolder } from '../verify-folder.js';

let data: string;
let running: RunningCoordinator | undefined;
const leave: (() => void)[] = [];
beforeEach(() => {
  data = mkdtempSync(joinPath(tmpdir(), 'fedhybnn-robust-'));
});
afterEach(async () => {
  for (const each of leave.splice(0)) each();
  await running?.close();
  rmSync(data, { recursive: true, force: true });
});

const taskWith = (robust: RobustSettings, rounds = 2) =>
  tinyTask({ rounds, goal: 6, ready: 6, minimum: 6, robust });
type RobustTask = ReturnType<typeof taskWith>;

const start = async (task: RobustTask, evaluation?: Uint8Array) => {
  running = await startCoordinator({ data, port: 0 });
  await running.createTask(task, { extractor: tinyExtractor, evaluation });
  return running;
};

/** Everybody votes what `leader` would, but who is in `against`: those vote the opposite. */
async function play(task: RobustTask, names: readonly string[], against: readonly string[]) {
  const { url } = running as RunningCoordinator;
  const parameters = parameterCount(task);
  for (const client of names) {
    const { token } = await join(url, task, client, { key: '0'.repeat(32) });
    const socket = connect(url, token);
    leave.push(() => socket.disconnect());
    socket.on('connect', () => socket.emit('ready', {}, () => {}));
    socket.on('round:open', async (open: RoundOpen) => {
      const common = randomVotes(task, 'leader', open);
      const frame = against.includes(client) ? inverted(task, common, open, parameters) : common;
      await upload(socket, open, frame).catch(() => {});
    });
  }
}

function inverted(
  task: RobustTask,
  frame: Uint8Array,
  { round, base }: Pick<RoundOpen, 'round' | 'base'>,
  parameters: number,
): Uint8Array {
  const rule = ruleFor(task.federation.rule);
  const binding = { rule, taskHash: taskHash(task), baseHash: base, round, parameters };
  return encodeUpdate({ ...binding, payload: decodeUpdate(frame, binding).map((b) => b ^ 255) });
}

async function journal(): Promise<JournalEntry[]> {
  const store = await openEmbeddedStore(data);
  try {
    return await store.journal('tiny', 0, 100);
  } finally {
    await store.close();
  }
}

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('a task that screens outliers', () => {
  it('publishes what the others voted, says who was left out, and verifies', async () => {
    const task = taskWith({ outliers: { share: 0.3 } });
    const { url } = await start(task);
    await play(task, NAMES, ['f']);
    await until(() => running?.allEnded() ?? false, 'the end');
    const reply = (await (await fetch(`${url}/v1/tasks/tiny/rounds`)).json()) as {
      rounds: object[];
    };
    expect(reply.rounds).toMatchObject([
      { round: 1, counted: 6, screened: 1 },
      { round: 2, counted: 6, screened: 1 },
    ]);
    expect(reply.rounds[0]).not.toHaveProperty('verdicts');
    for (const { verdicts } of await journal()) {
      const counted = Object.fromEntries(NAMES.slice(0, 5).map((name) => [name, 'counted']));
      expect(verdicts).toEqual({ ...counted, f: 'outlier' });
    }
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('fedhybnn_screened_updates_total{task="tiny"} 2');
    expect(await verifyFolder(data)).toMatchObject([{ rounds: 2, updates: 12 }]);
  });

  it('is found out by verify where the journal says something else about a client', async () => {
    const task = taskWith({ outliers: { share: 0.3 } });
    await start(task);
    await play(task, NAMES, ['f']);
    await until(() => running?.allEnded() ?? false, 'the end');
    const database = new Database(joinPath(data, 'coordinator.db'));
    database.exec(
      `update journal set verdicts = replace(verdicts, '"f":"outlier"', '"f":"counted"') where round = 1`,
    );
    database.close();
    await expect(verifyFolder(data)).rejects.toMatchObject({
      code: 'journal-broken',
      message: expect.stringMatching(/round 1: the replayed screen is not the published one \(I3/),
    });
  });
});

describe('a task with reputation', () => {
  it('remembers over a restart who voted against the others', async () => {
    const task = taskWith({ reputation: { lowest: -4 } }, 6);
    await start(task);
    await play(task, NAMES, ['f']);
    await until(async () => (await journal()).length >= 2, 'two rounds');
    for (const each of leave.splice(0)) each();
    await running?.close();
    running = await startCoordinator({ data, port: 0 });
    await play(task, NAMES, ['f']);
    await until(() => running?.allEnded() ?? false, 'the end');
    expect((await journal()).map(({ verdicts }) => verdicts?.f)).toEqual([
      // −2, −4: at the lowest.
      ...['dissent', 'dissent'],
      ...Array(4).fill('distrusted-dissent'),
    ]);
    expect(await verifyFolder(data)).toMatchObject([{ rounds: 6, updates: 36 }]);
  });
});

describe('a task that averages', () => {
  const averaging = (robust: RobustSettings) =>
    tinyTask({ rounds: 2, goal: 6, ready: 6, minimum: 6, robust }, 'fedavg');

  it.each([
    { normCap: { factor: 1 }, aggregator: { kind: 'median' } },
    { aggregator: { kind: 'trimmed-mean', trim: 0.3 } },
    { normCap: { factor: 2 }, aggregator: { kind: 'krum', attackers: 0.2 } },
    { aggregator: { kind: 'multi-krum', attackers: 0.2 } },
  ] satisfies RobustSettings[])('by a robust mean is found again by verify: %j', async (robust) => {
    const task = averaging(robust);
    await start(task);
    await play(task, NAMES, []);
    await until(() => running?.allEnded() ?? false, 'the end');
    const left = { krum: 5, 'multi-krum': 1, median: 0, 'trimmed-mean': 0 }[robust.aggregator.kind];
    for (const { screened } of await journal()) expect(screened ?? 0).toBe(left);
    expect(await verifyFolder(data)).toMatchObject([{ rounds: 2, updates: 12 }]);
  });

  it('does without robust means where there is none to replace', async () => {
    running = await startCoordinator({ data, port: 0 });
    const voting = tinyTask({ robust: { aggregator: { kind: 'median' } } });
    await expect(running.createTask(voting, { extractor: tinyExtractor })).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(/federation\.robust.*a majority of votes is their median/),
    });
  });
});

describe('a task with a root set', () => {
  it('takes a round back that does harm, for coordinator, clients and verify alike', async () => {
    // Votes at random, on labels at random: some rounds lose, and none of them may stand.
    const rounds = 8;
    const task = taskWith({ rootSet: { maxDrop: 0.0001, window: 5 } }, rounds);
    const random = new Random(deriveSeed(3, 'labeled'));
    const bits = BitMatrix.fromSigns(
      40,
      64,
      Float32Array.from({ length: 40 * 64 }, () => random.unit() - 0.5),
    );
    const labels = Int32Array.from({ length: 40 }, () => random.below(10));
    await start(task, encodeBitsFile({ bits, labels }, task.labels.length));
    await play(task, NAMES, []);
    await until(() => running?.allEnded() ?? false, 'the end');
    const entries = await journal();
    expect(entries.map(({ round }) => round)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const back = entries.filter(({ rolledBack }) => rolledBack);
    expect(back.length).toBeGreaterThan(0);
    expect(back.length).toBeLessThan(rounds);
    for (const [i, { rolledBack, accuracy, downlinkBytes }] of entries.entries()) {
      const recent = entries.slice(Math.max(0, i - 5), i).map((entry) => entry.accuracy ?? 0);
      if (rolledBack) {
        expect(accuracy).toBe(entries[i - 1].accuracy);
        expect(downlinkBytes).toBe(FRAME_OVERHEAD);
      } else if (i > 0) {
        expect(accuracy).toBeGreaterThanOrEqual(Math.max(...recent) - 0.0001);
      }
    }
    expect(await verifyFolder(data)).toMatchObject([{ rounds }]);
  });

  it('is refused without a labeled set, and votes are for rules that have them', async () => {
    running = await startCoordinator({ data, port: 0 });
    const task = taskWith({ rootSet: { maxDrop: 0.05, window: 5 } });
    await expect(running.createTask(task, { extractor: tinyExtractor })).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(/rootSet.*--evaluation/),
    });
    const averaged = tinyTask({ robust: { outliers: { share: 0.2 } } }, 'fedavg');
    await expect(running.createTask(averaged, { extractor: tinyExtractor })).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(/federation\.robust/),
    });
  });
});
