import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  FederationError,
  type RoundClosed,
  type RoundOpen,
  sha256Hex,
  type Task,
} from '@fedhybnn/shared';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Metrics } from '../metrics/metrics.js';
import { openEmbeddedStore } from '../store/embedded-store.js';
import { FileStore } from '../store/file-store.js';
import type { JournalEntry, Store, StoredUpdate, TaskRecord } from '../store/store.js';
import { randomVotes, tinyExtractor, tinyTask, until } from '../testing/tiny-federation.js';
import { createTask } from './create-task.js';
import { Federation } from './federation.js';
import { recover } from './recover.js';
import { verifyTask } from './verify.js';

let folder: string;
let store: Store;
let files: FileStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fedhybnn-faults-'));
  await mkdir(join(folder, 'files'));
  store = await openEmbeddedStore(folder);
  files = new FileStore(join(folder, 'files'), store);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A federation on a store some of whose methods are replaced, with what it said. */
async function federate(task: Task, record: TaskRecord, faults: Partial<Store> = {}) {
  const opened = new Map<string, RoundOpen>();
  const closed: RoundClosed[] = [];
  const failures: FederationError[] = [];
  const faulty = new Proxy(store, {
    get(target, name) {
      const member = faults[name as keyof Store] ?? target[name as keyof Store];
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const federation = new Federation(
    {
      task,
      hash: record.hash,
      initialModel: record.initialModel,
      store: faulty,
      files,
      log: pino({ level: 'silent' }),
      metrics: new Metrics().forTask(record.id),
      announcer: {
        open: (client, message) => opened.set(client, message),
        closed: (message) => closed.push(message),
        gathering: () => {},
        rest: () => {},
        ended: () => {},
      },
      evaluate: () => null,
      retain: async () => {},
      onFailed: (error) => failures.push(error),
    },
    await recover(record, task, store, files),
  );
  federation.start();
  const answer = (client: string) => {
    const open = opened.get(client)!;
    const frame = randomVotes(task, client, open);
    return federation.submit(
      client,
      { round: open.round, base: open.base, digest: sha256Hex(frame) },
      frame,
    );
  };
  const begin = async (...clients: string[]) => {
    for (const client of clients) federation.ready(client);
    await until(() => clients.every((client) => opened.has(client)), 'round:open');
  };
  return { federation, closed, failures, answer, begin };
}

const create = (task: Task) => createTask(task, { extractor: tinyExtractor }, store, files);
const codeOf = (result: PromiseSettledResult<unknown>) =>
  result.status === 'rejected' ? FederationError.from(result.reason).code : 'ok';

describe('a federation whose store fails', () => {
  /** A federation whose commits fail until they are repaired. */
  async function brokenCommits() {
    const task = tinyTask({ rounds: 1 });
    const record = await create(task);
    let broken = true;
    const parts = await federate(task, record, {
      commitUpdates: (updates) =>
        broken ? Promise.reject(new Error('disk full')) : store.commitUpdates(updates),
    });
    await parts.begin('a', 'b', 'c');
    const repair = () => {
      broken = false;
    };
    return { ...parts, record, repair };
  }

  it('refuses every update of a group that was not committed, and takes it when it comes again', async () => {
    const { federation, closed, answer, record, repair, failures } = await brokenCommits();
    const lost = await Promise.allSettled(['a', 'b'].map(answer));
    expect(lost.map(codeOf)).toEqual(['store-failed', 'store-failed']);
    expect(await store.accepted('tiny', 1)).toEqual(new Map());
    repair();
    const kept = await Promise.allSettled(['a', 'b', 'c'].map(answer));
    expect(kept.map(codeOf)).toEqual(['ok', 'ok', 'ok']);
    await until(() => closed.length === 1, 'round:closed');
    await federation.stop();
    expect(failures).toEqual([]);
    expect(await verifyTask(record, store, files)).toMatchObject({ rounds: 1, updates: 3 });
  });

  it('asks for a repeated update once more where its receipt cannot be looked up', async () => {
    const task = tinyTask({ rounds: 1 });
    const record = await create(task);
    let broken = true;
    const { federation, closed, answer, begin } = await federate(task, record, {
      findUpdate: async (...asked) => {
        if (broken) throw new Error('the database system is in recovery mode');
        return store.findUpdate(...asked);
      },
    });
    await begin('a', 'b', 'c');
    const receipts = await Promise.all(['a', 'b', 'c'].map(answer));
    await until(() => closed.length === 1, 'round:closed');
    expect(codeOf((await Promise.allSettled([answer('a')]))[0])).toBe('store-failed');
    broken = false;
    expect(await answer('a')).toEqual(receipts[0]);
    await federation.stop();
  });

  it('takes a sealed round back when its updates are lost, and counts only what was acked', async () => {
    const { federation, closed, answer, record, repair } = await brokenCommits();
    const lost = await Promise.allSettled(['a', 'b', 'c'].map(answer));
    expect(lost.map(codeOf)).toEqual(['store-failed', 'store-failed', 'store-failed']);
    repair();
    await until(async () => (await store.attempts('tiny', 1)).length === 2, 'the next attempt');
    expect(closed).toEqual([]);
    const again = await Promise.allSettled(['a', 'b', 'c'].map(answer));
    await until(() => closed.length === 1, 'round:closed');
    await federation.stop();
    const acked = again.filter((result) => result.status === 'fulfilled').length;
    expect(acked).toBeGreaterThanOrEqual(2);
    expect(await verifyTask(record, store, files)).toMatchObject({ rounds: 1, updates: acked });
  });

  it('stands still where a round cannot be published, and publishes the same bytes after a restart', async () => {
    const task = tinyTask({ rounds: 2 });
    const record = await create(task);
    let attempted: JournalEntry | undefined;
    const first = await federate(task, record, {
      publish: (_task, entry) => {
        attempted = entry;
        return Promise.reject(new Error('disk full'));
      },
    });
    await first.begin('a', 'b', 'c');
    const receipts = await Promise.all(['a', 'b', 'c'].map(first.answer));
    await until(() => first.failures.length === 1, 'the failure');
    expect(first.failures[0]).toMatchObject({
      code: 'store-failed',
      message: expect.stringMatching(
        /task tiny, round 1 stands still at "seal": disk full; then start again/,
      ),
    });
    expect(first.closed).toEqual([]);
    expect(() => first.federation.ready('d')).toThrow(/come back/);
    await first.federation.stop();

    const second = await federate(task, record);
    await until(() => second.closed.length === 1, 'round:closed');
    await second.federation.stop();
    expect(await store.latest('tiny')).toEqual(attempted);
    expect(receipts.map(({ digest }) => digest).sort()).toEqual(
      [...(await store.accepted('tiny', 1)).values()].sort(),
    );
    expect(await verifyTask(record, store, files)).toMatchObject({ rounds: 1, updates: 3 });
  });

  it.each([
    ['I1', 'has lost an acked update', (updates: StoredUpdate[]) => updates.slice(1)],
    [
      'I2',
      'holds an update that nobody acked',
      (updates: StoredUpdate[]) => [...updates, { ...updates[0], client: 'z' }],
    ],
  ])('stands still before it breaks %s: a store that %s', async (invariant, _what, change) => {
    const task = tinyTask({ rounds: 1 });
    const record = await create(task);
    const { federation, failures, closed, answer, begin } = await federate(task, record, {
      updates: async (id, round) => change(await store.updates(id, round)),
    });
    await begin('a', 'b', 'c');
    await Promise.all(['a', 'b', 'c'].map(answer));
    await until(() => failures.length === 1, 'the failure');
    await federation.stop();
    expect(failures[0].code).toBe('invariant-broken');
    expect(failures[0].message).toContain(`(${invariant}, `);
    expect(closed).toEqual([]);
    expect(await store.latest('tiny')).toBeNull();
  });

  it('stands still before it forks (I5): another round was published meanwhile', async () => {
    const task = tinyTask({ rounds: 2 });
    const record = await create(task);
    const other: JournalEntry = {
      ...{ round: 1, step: '1', model: '2', tally: '3', chain: '4', counted: 2 },
      ...{ accuracy: null, uplinkBytes: 1, downlinkBytes: 1, verdicts: null },
    };
    const { federation, failures, closed, answer, begin } = await federate(task, record, {
      latest: () => Promise.resolve(other),
    });
    await begin('a', 'b', 'c');
    await Promise.all(['a', 'b', 'c'].map(answer));
    await until(() => failures.length === 1, 'the failure');
    await federation.stop();
    expect(failures[0].code).toBe('invariant-broken');
    expect(failures[0].message).toMatch(/round 1 would follow round 1 \(I5/);
    expect(closed).toEqual([]);
  });

  it('commits what it has begun when it is stopped, and takes nothing after', async () => {
    const task = tinyTask();
    const record = await create(task);
    let committing = false;
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { federation, answer, begin } = await federate(task, record, {
      async commitUpdates(updates) {
        committing = true;
        await released;
        return store.commitUpdates(updates);
      },
    });
    await begin('a', 'b', 'c');
    const accepted = answer('a');
    await until(() => committing, 'the commit');
    const stopped = federation.stop();
    release();
    const [receipt] = await Promise.all([accepted, stopped]);
    expect(await store.findUpdate('tiny', 1, 'a')).toEqual(receipt);
    await expect(answer('b')).rejects.toMatchObject({ code: 'coordinator-busy' });
    expect([...(await store.accepted('tiny', 1)).keys()]).toEqual(['a']);
  });
});
