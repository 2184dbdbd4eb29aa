import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningCoordinator, startCoordinator } from '../start.js';
import { openEmbeddedStore } from '../store/embedded-store.js';
import { FileStore } from '../store/file-store.js';
import type { JournalEntry, Store } from '../store/store.js';
import {
  tinyExtractor,
  tinyTask,
  until,
  type VotingClient,
  votingClient,
} from '../testing/tiny-federation.js';
import { verifyFolder } from '../verify-folder.js';
import { retentionOf } from './retention.js';

let data: string;
let running: RunningCoordinator | undefined;
let clients: VotingClient[] = [];
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'fedhybnn-retention-'));
});
afterEach(async () => {
  await stop();
  rmSync(data, { recursive: true, force: true });
});

async function stop(): Promise<void> {
  for (const { socket } of clients) socket.disconnect();
  clients = [];
  await running?.close();
  running = undefined;
}

async function play(rounds: number, keepRounds?: number): Promise<void> {
  const task = tinyTask({ rounds });
  running = await startCoordinator({ data, port: 0, keepRounds });
  await running.createTask(task, { extractor: tinyExtractor });
  const { url } = running;
  clients = await Promise.all(['a', 'b', 'c'].map((id) => votingClient(url, task, id)));
  await until(() => running?.allEnded() === true, 'the end');
  await stop();
}

const withStore = async <T>(work: (store: Store) => Promise<T>): Promise<T> => {
  const store = await openEmbeddedStore(data);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
};
const journal = () => withStore((store) => store.journal('tiny', 0, 100));
const path = (sha256: string) => join(data, 'files', sha256.slice(0, 2), sha256);
const names = () =>
  readdirSync(join(data, 'files'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
const thereIs = (entries: JournalEntry[], kind: 'step' | 'model') =>
  entries.filter((entry) => existsSync(path(entry[kind]))).map(({ round }) => round);

describe('a coordinator that keeps two rounds', () => {
  it('forgets frames, steps and snapshots of older ones, and verifies all the same', async () => {
    await play(5, 2);
    const entries = await journal();
    expect(thereIs(entries, 'step')).toEqual([4, 5]);
    // The one of round 3 is where the replay starts.
    expect(thereIs(entries, 'model')).toEqual([3, 4, 5]);
    await withStore(async (store) => {
      for (const round of [1, 2, 3]) {
        const updates = await store.updates('tiny', round);
        expect(updates.map(({ client, frame }) => [client, frame.length])).toEqual([
          ['a', 0],
          ['b', 0],
          ['c', 0],
        ]);
      }
      expect((await store.updates('tiny', 4))[0].frame.length).toBeGreaterThan(0);
    });
    const [report] = await verifyFolder(data);
    expect(report).toMatchObject({ rounds: 2, forgotten: 3, updates: 15 });
    expect(report).toMatchObject({ model: entries[4].model, chain: entries[4].chain });
  });

  it('is found out by verify where the forgotten past was changed', async () => {
    await play(4, 1);
    const database = new Database(join(data, 'coordinator.db'));
    database.exec(
      'UPDATE updates SET digest = (SELECT max(digest) FROM updates WHERE round = 1) WHERE round = 2',
    );
    database.close();
    await expect(verifyFolder(data)).rejects.toThrow(/round 2: the hash chain does not fit \(I4/);
  });

  it('catches up with a past that was kept until now', async () => {
    await play(5);
    const entries = await journal();
    expect(thereIs(entries, 'step')).toEqual([1, 2, 3, 4, 5]);
    running = await startCoordinator({ data, port: 0, keepRounds: 1 });
    await stop();
    expect(thereIs(entries, 'step')).toEqual([5]);
    expect(await verifyFolder(data)).toMatchObject([{ rounds: 1, forgotten: 4, updates: 15 }]);
  });

  it('stopped between rows and files: verifies, and the next start sweeps what is left', async () => {
    await play(4);
    const entries = await journal();
    const log = pino({ level: 'silent' });
    await withStore(async (store) => {
      const files = new FileStore(join(data, 'files'), store);
      const stopped = Object.assign(Object.create(files), {
        remove: () => Promise.reject(new Error('killed')),
      });
      await retentionOf(2, { task: 'tiny', replayFrom: 0, store, files: stopped, log })(4);
    });
    // Nothing names them, and they are all still there.
    expect(thereIs(entries, 'step')).toEqual([1, 2, 3, 4]);
    expect(await verifyFolder(data)).toMatchObject([{ rounds: 2, forgotten: 2 }]);
    writeFileSync(join(data, 'files', '.half-written'), 'x');
    writeFileSync(join(data, 'files', 'young'), 'x');
    const old = new Date(Date.now() - 3_600_000);
    for (const name of names()) {
      if (name === 'young') continue;
      utimesSync(/^[0-9a-f]{64}$/.test(name) ? path(name) : join(data, 'files', name), old, old);
    }
    running = await startCoordinator({ data, port: 0 });
    await stop();
    expect(thereIs(entries, 'step')).toEqual([3, 4]);
    expect(thereIs(entries, 'model')).toEqual([2, 3, 4]);
    expect(names().filter((name) => name.startsWith('.'))).toEqual([]);
    // It may be of somebody who is about to add its row.
    expect(names()).toContain('young');
    await rm(join(data, 'files', 'young'));
    expect(await verifyFolder(data)).toMatchObject([{ rounds: 2, forgotten: 2 }]);
  });

  it('goes on with rounds where a past cannot be forgotten, and tries again', async () => {
    await play(3);
    let broken = true;
    await withStore(async (store) => {
      const files = new FileStore(join(data, 'files'), store);
      const faulty = Object.assign(Object.create(store), {
        forget: (task: string, round: number) =>
          broken ? Promise.reject(new Error('disk full')) : store.forget(task, round),
      });
      const log = pino({ level: 'silent' });
      const retain = retentionOf(1, { task: 'tiny', replayFrom: 0, store: faulty, files, log });
      await retain(2);
      expect(await store.tasks()).toMatchObject([{ replayFrom: 0 }]);
      broken = false;
      await retain(3);
      expect(await store.tasks()).toMatchObject([{ replayFrom: 2 }]);
    });
  });
});
