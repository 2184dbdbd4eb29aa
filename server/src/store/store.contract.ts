/** What every store must do; run against each back end. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalEntry, Store, TaskRecord } from './store.js';

const record: TaskRecord = {
  id: 'digits',
  document: '{"a":1}',
  hash: 'a'.repeat(64),
  initialModel: 'b'.repeat(64),
  evaluation: null,
  phase: 'WAITING',
  replayFrom: 0,
  admission: 'open',
};

const entry = (round: number): JournalEntry => ({
  round,
  step: '1'.repeat(64),
  model: '2'.repeat(64),
  tally: '3'.repeat(64),
  chain: '4'.repeat(64),
  counted: 2,
  accuracy: round === 1 ? null : 0.5,
  uplinkBytes: 300,
  downlinkBytes: 100,
  verdicts: null,
});

const update = (client: string, round = 1, frame = Uint8Array.from([0, 255, 7])) => ({
  task: 'digits',
  round,
  client,
  digest: client.padEnd(64, '0'),
  frame,
});

/** @param open a store on fresh or existing state at the same place */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`the store contract: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
      await store.createTask(record);
    });
    afterEach(() => store.close());

    /** What is committed must be there for the next process. */
    const reopen = async () => {
      await store.close();
      store = await open();
    };

    it('remembers tasks and their phase, and refuses a second task of the same id', async () => {
      await expect(store.createTask(record)).rejects.toThrow();
      for (const phase of ['PAUSED', 'ENDING', 'ENDED'] as const) {
        await store.setPhase('digits', phase);
        await reopen();
        expect(await store.tasks()).toEqual([{ ...record, phase }]);
      }
    });

    it('commits a group of updates in order, frames byte for byte', async () => {
      const frame = Uint8Array.from({ length: 70_000 }, (_, i) => i & 255);
      const sequences = await store.commitUpdates([update('b', 1, frame), update('a')]);
      expect(sequences[1]).toBeGreaterThan(sequences[0]);
      await reopen();
      const stored = await store.updates('digits', 1);
      expect(stored.map(({ client }) => client)).toEqual(['a', 'b']);
      expect(stored[1]).toEqual({ ...update('b', 1, frame), sequence: sequences[0] });
      expect(await store.accepted('digits', 1)).toEqual(
        new Map([
          ['a', update('a').digest],
          ['b', update('b').digest],
        ]),
      );
      expect(await store.findUpdate('digits', 1, 'a')).toEqual({
        sequence: sequences[1],
        digest: update('a').digest,
      });
      expect(await store.findUpdate('digits', 2, 'a')).toBeNull();
    });

    it('commits all of a group or nothing', async () => {
      await store.commitUpdates([update('a')]);
      await expect(store.commitUpdates([update('b'), update('a'), update('c')])).rejects.toThrow();
      expect([...(await store.accepted('digits', 1)).keys()]).toEqual(['a']);
      await store.commitUpdates([update('b'), update('a', 2)]);
      expect([...(await store.accepted('digits', 1)).keys()]).toEqual(['a', 'b']);
    });

    it('keeps attempts, and closes them by abandonment or publication', async () => {
      const attempt = { task: 'digits', round: 1, base: 'c'.repeat(64), cohort: ['b', 'a'] };
      expect(await store.attempts('digits', 1)).toEqual([]);
      await store.openAttempt({ ...attempt, attempt: 1 });
      const first = {
        ...attempt,
        attempt: 1,
        outcome: 'open',
        reason: null,
        openedAt: expect.any(Number),
      };
      expect(await store.attempts('digits', 1)).toEqual([first]);
      await expect(store.openAttempt({ ...attempt, attempt: 1 })).rejects.toThrow();
      await store.closeAttempt('digits', 1, 1, 'abandoned', 'nobody came');
      await store.openAttempt({ ...attempt, attempt: 2 });
      await store.publish('digits', entry(1));
      await reopen();
      expect(await store.attempts('digits', 1)).toEqual([
        { ...first, outcome: 'abandoned', reason: 'nobody came' },
        { ...first, attempt: 2, outcome: 'published' },
      ]);
    });

    it('publishes a round once and gives the journal in order, by pages', async () => {
      expect(await store.latest('digits')).toBeNull();
      for (const round of [1, 2, 3]) await store.publish('digits', entry(round));
      await expect(store.publish('digits', entry(2))).rejects.toThrow();
      await expect(store.publish('digits', entry(5))).rejects.toMatchObject({
        code: 'invariant-broken',
        message: expect.stringMatching(/round 5 cannot be published after round 3/),
      });
      await reopen();
      expect(await store.journal('digits', 1, 10)).toEqual([entry(2), entry(3)]);
      expect(await store.journal('digits', 0, 2)).toEqual([entry(1), entry(2)]);
      expect(await store.journal('other', 0, 2)).toEqual([]);
      expect(await store.latest('digits')).toEqual(entry(3));
    });

    it('knows when rounds were played, and what all of them took', async () => {
      expect(await store.totals('digits')).toEqual({
        ...{ counted: 0, uplinkBytes: 0, downlinkBytes: 0 },
      });
      const before = Date.now();
      const attempt = { task: 'digits', base: 'c'.repeat(64), cohort: ['a'] };
      await store.openAttempt({ ...attempt, round: 1, attempt: 1 });
      await store.closeAttempt('digits', 1, 1, 'abandoned', 'too few');
      await store.openAttempt({ ...attempt, round: 1, attempt: 2 });
      const [, second] = await store.attempts('digits', 1);
      await store.publish('digits', entry(1));
      await store.publish('digits', { ...entry(2), uplinkBytes: 2 ** 40 });
      await reopen();
      const [first, next] = await store.roundTimes('digits', 0, 10);
      expect(first).toMatchObject({ round: 1, openedAt: second.openedAt });
      expect(first.publishedAt).toBeGreaterThanOrEqual(before);
      expect(next).toMatchObject({ round: 2, openedAt: null });
      expect(await store.roundTimes('digits', 1, 10)).toEqual([next]);
      expect(await store.roundTimes('digits', 0, 1)).toEqual([first]);
      expect(await store.totals('digits')).toEqual({
        ...{ counted: 4, uplinkBytes: 300 + 2 ** 40, downlinkBytes: 400 },
      });
    });

    it('knows what it takes', async () => {
      await store.addFile('5'.repeat(64), 100, 'model');
      await store.addFile('6'.repeat(64), 250, 'model');
      await store.addFile('7'.repeat(64), 40, 'step');
      expect(await store.files('model')).toEqual(['5'.repeat(64), '6'.repeat(64)]);
      const { databaseBytes, files } = await store.size();
      expect(databaseBytes).toBeGreaterThan(1000);
      expect(files).toEqual([
        { kind: 'model', count: 2, bytes: 350 },
        { kind: 'step', count: 1, bytes: 40 },
      ]);
    });

    it('orders clients by their characters, whatever language the database speaks', async () => {
      await store.commitUpdates(['b', 'A', 'a', 'B', '_', '0'].map((client) => update(client)));
      const order = ['0', 'A', 'B', '_', 'a', 'b'];
      expect([...(await store.accepted('digits', 1)).keys()]).toEqual(order);
      expect((await store.updates('digits', 1)).map(({ client }) => client)).toEqual(order);
      const page = await store.updates('digits', 1, 'A', 2);
      expect(page.map(({ client }) => client)).toEqual(['B', '_']);
      expect((await store.updates('digits', 1, '_')).map(({ client }) => client)).toEqual([
        'a',
        'b',
      ]);
      expect(await store.updates('digits', 1, 'b', 2)).toEqual([]);
    });

    it('commits a group larger than a statement, and answers each in its order', async () => {
      const group = Array.from({ length: 2345 }, (_, i) => update(`c${(i * 7919) % 2345}`));
      const sequences = await store.commitUpdates(group);
      expect(new Set(sequences).size).toBe(2345);
      for (const i of [0, 999, 1000, 2344]) {
        expect(await store.findUpdate('digits', 1, group[i].client)).toEqual({
          sequence: sequences[i],
          digest: group[i].digest,
        });
      }
    });

    it('knows the last round that has an update', async () => {
      expect(await store.lastUpdateRound('digits')).toBe(0);
      await store.commitUpdates([update('a', 3), update('a', 2)]);
      expect(await store.lastUpdateRound('digits')).toBe(3);
    });

    it('keeps what became of each update, and that a round changed nothing', async () => {
      const judged: JournalEntry = {
        ...entry(1),
        ...{ verdicts: { a: 'counted', b: 'outlier' }, screened: 1, rolledBack: true },
      };
      await store.publish('digits', judged);
      expect(await store.latest('digits')).toEqual(judged);
    });

    it('keeps accuracies to the last bit, and sizes beyond 32 bits', async () => {
      const precise = { ...entry(1), accuracy: 0.1 + 0.2, uplinkBytes: 2 ** 40 + 1 };
      await store.publish('digits', precise);
      expect(await store.latest('digits')).toEqual(precise);
    });

    it('forgets the frames of old rounds, what they were of stays, and names no files of theirs', async () => {
      const named = (round: number) => ({
        ...entry(round),
        step: `${round}`.repeat(64),
        model: `${round + 4}`.repeat(64),
      });
      for (const round of [1, 2, 3, 4]) {
        await store.commitUpdates([update('a', round), update('b', round)]);
        await store.publish('digits', named(round));
        await store.addFile(named(round).step, 10, 'step');
        await store.addFile(named(round).model, 10, 'model');
      }
      await store.addFile('b'.repeat(64), 10, 'model');
      expect((await store.forget('digits', 2)).sort()).toEqual(
        [named(1).step, named(2).step, named(1).model].sort(),
      );
      expect(await store.forget('digits', 1)).toEqual([]);
      expect(await store.forget('digits', 3)).toEqual([named(3).step, named(2).model]);
      await expect(store.forget('digits', 5)).rejects.toThrow(/round 5 is not published/);
      await reopen();
      expect(await store.tasks()).toEqual([{ ...record, replayFrom: 3 }]);
      const [forgotten] = await store.updates('digits', 3);
      expect(forgotten).toMatchObject({ client: 'a', digest: update('a').digest });
      expect(forgotten.frame).toEqual(new Uint8Array());
      expect((await store.updates('digits', 4))[0].frame).toEqual(update('a').frame);
      expect(await store.findUpdate('digits', 1, 'a')).not.toBeNull();
      expect(await store.journal('digits', 0, 9)).toEqual([1, 2, 3, 4].map(named));
      const kept = ['b'.repeat(64), named(4).step, named(3).model, named(4).model];
      expect((await store.files()).sort()).toEqual(kept.sort());
    });

    it('remembers files, and that they may be added again', async () => {
      await store.addFile('f'.repeat(64), 10, 'model');
      await store.addFile('f'.repeat(64), 10, 'model');
      expect(await store.hasFile('f'.repeat(64))).toBe(true);
      expect(await store.hasFile('e'.repeat(64))).toBe(false);
    });
  });
}
