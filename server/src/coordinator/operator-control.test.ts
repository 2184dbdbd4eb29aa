import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RoundOpen } from '@fedhybnn/shared';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Metrics } from '../metrics/metrics.js';
import { contentHash } from '../store/content-hash.js';
import { prepareDataFolder } from '../store/data-folder.js';
import { openEmbeddedStore } from '../store/embedded-store.js';
import { FileStore } from '../store/file-store.js';
import type { Store } from '../store/store.js';
import { randomVotes, tinyExtractor, tinyTask, until } from '../testing/tiny-federation.js';
import { Coordinator } from './coordinator.js';
import { verifyTask } from './verify.js';

let folder: string;
let store: Store;
let files: FileStore;
let coordinator: Coordinator;
/** Invitations, by task and client. */
const opened = new Map<string, RoundOpen>();
const ended: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fedhybnn-operator-'));
  await prepareDataFolder(folder);
  opened.clear();
  ended.length = 0;
  await start();
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  store = await openEmbeddedStore(folder);
  files = new FileStore(join(folder, 'files'), store);
  coordinator = new Coordinator(store, files, pino({ level: 'silent' }), new Metrics());
  await coordinator.start({
    open: (task, client, message) => opened.set(`${task}/${client}`, message),
    closed: () => {},
    gathering: () => {},
    rest: () => {},
    ended: (task) => ended.push(task),
  });
}

async function stop(): Promise<void> {
  await coordinator.stop();
  await store.close();
}

async function restart(): Promise<void> {
  await stop();
  opened.clear();
  await start();
}

const task = tinyTask({ rounds: 3, gatherMs: 20, deadlineMs: 600_000 });
const create = (id = 'tiny') =>
  coordinator.createTask({ ...task, id }, { extractor: tinyExtractor });
const ready = (id = 'tiny') => {
  for (const client of ['a', 'b', 'c']) coordinator.federation(id).ready(client);
};
const isOpen = (id = 'tiny') =>
  until(() => ['a', 'b', 'c'].every((client) => opened.has(`${id}/${client}`)), 'round:open');

async function answer(client: string, id = 'tiny'): Promise<void> {
  const open = opened.get(`${id}/${client}`)!;
  const frame = randomVotes({ ...task, id }, client, open);
  const header = { round: open.round, base: open.base, digest: contentHash(frame) };
  await coordinator.federation(id).submit(client, header, frame);
}

const phase = (id = 'tiny') => coordinator.federation(id).phase;

describe('an operator', () => {
  it('pauses between rounds, over a restart, until rounds are resumed', async () => {
    await create();
    await coordinator.pause('tiny');
    ready();
    expect(phase()).toBe('PAUSED');
    await restart();
    ready();
    expect(phase()).toBe('PAUSED');
    await coordinator.resume('tiny');
    await isOpen();
    expect(phase()).toBe('OPEN');
    await restart();
    expect(phase()).toBe('WAITING');
  });

  it('pauses during a round: it is played to its end, and what was acked is kept over a restart', async () => {
    await create();
    ready();
    await isOpen();
    await answer('a');
    await coordinator.pause('tiny');
    expect(phase()).toBe('OPEN');
    await restart();
    expect(phase()).toBe('PAUSED');
    await coordinator.resume('tiny');
    ready();
    await until(() => opened.has('tiny/b') && opened.has('tiny/c'), 'the next attempt');
    expect(opened.has('tiny/a')).toBe(false);
    await coordinator.pause('tiny');
    await answer('b');
    await answer('c');
    await until(() => phase() === 'PAUSED', 'the pause');
    expect(await store.latest('tiny')).toMatchObject({ round: 1, counted: 3 });
  });

  it('ends between rounds at once, for good', async () => {
    await create();
    await coordinator.end('tiny');
    await until(() => ended.length === 1, 'the end');
    expect(phase()).toBe('ENDED');
    expect(await store.tasks()).toMatchObject([{ phase: 'ENDED' }]);
    await coordinator.end('tiny');
    await expect(coordinator.resume('tiny')).rejects.toMatchObject({ code: 'federation-ended' });
    await expect(coordinator.pause('tiny')).rejects.toMatchObject({ code: 'federation-ended' });
    await restart();
    expect(phase()).toBe('ENDED');
    expect(() => coordinator.federation('tiny').ready('a')).toThrow(/has ended/);
  });

  it('ends during a round: after it, also where the coordinator is started again', async () => {
    await create();
    ready();
    await isOpen();
    await answer('a');
    await answer('b');
    await coordinator.end('tiny');
    expect(phase()).toBe('OPEN');
    expect(await store.tasks()).toMatchObject([{ phase: 'ENDING' }]);
    await expect(coordinator.resume('tiny')).rejects.toMatchObject({ code: 'federation-ended' });
    await restart();
    await until(() => phase() === 'ENDED', 'the end');
    // Two acked updates make a round of this task: they are counted before the end.
    await until(async () => (await store.tasks())[0].phase === 'ENDED', 'the stored end');
    const [record] = await store.tasks();
    expect(await verifyTask(record, store, files)).toMatchObject({ rounds: 1, updates: 2 });
  });

  it('moves one task and not the others', async () => {
    await create('one');
    await create('two');
    await coordinator.pause('one');
    ready('one');
    ready('two');
    await isOpen('two');
    expect([phase('one'), phase('two')]).toEqual(['PAUSED', 'OPEN']);
    for (const client of ['a', 'b', 'c']) await answer(client, 'two');
    await until(async () => (await store.latest('two')) !== null, 'a round of the other task');
    expect(await store.latest('one')).toBeNull();
    await expect(coordinator.pause('three')).rejects.toMatchObject({ code: 'unknown-task' });
  });

  it('is not obeyed by a coordinator that is stopping', async () => {
    await create();
    await coordinator.stop();
    await expect(coordinator.pause('tiny')).rejects.toMatchObject({ code: 'coordinator-busy' });
    expect(await store.tasks()).toMatchObject([{ phase: 'WAITING' }]);
  });
});
