/** What every store must remember about who may do what; run against each back end. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewCredential } from './access-store.js';
import type { Store, TaskRecord } from './store.js';

const digits: TaskRecord = {
  ...{ id: 'digits', document: '{}', hash: 'a'.repeat(64), initialModel: 'b'.repeat(64) },
  ...{ evaluation: null, phase: 'WAITING', replayFrom: 0, admission: 'open' },
};

const code = (hash: string, maxUses = 2, expiresAt = 2000) => ({
  ...{ id: `id-${hash}`, hash, task: 'digits', label: 'class 3b', uses: 0 },
  ...{ maxUses, createdAt: 1000, expiresAt },
});

const session = (id: string, more: Partial<NewCredential> = {}): NewCredential => ({
  ...{ id, hash: `hash of ${id}`, kind: 'session', operator: 'anna', label: '', csrf: 'x' },
  ...{ createdAt: 1000, expiresAt: 2000 },
  ...more,
});

/** @param open a store on fresh or existing state at the same place */
export function accessStoreContract(name: string, open: () => Promise<Store>): void {
  describe(`the access store's contract: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
      await store.createTask(digits);
    });
    afterEach(() => store.close());

    async function reopen() {
      await store.close();
      store = await open();
      return store.access;
    }
    const request = (client: string, key: string | null = null, hash: string | null = null) => ({
      ...{ task: 'digits', client, key, code: hash },
    });
    const admit = async (...asked: Parameters<typeof request>) => {
      const [outcome] = await store.access.admit([request(...asked)], 1500);
      return outcome;
    };

    it('gives a client id away once, and again to whoever has its key', async () => {
      expect(await admit('phone')).toBe('joined');
      expect(await admit('phone')).toBe('taken');
      expect(await admit('phone', 'k')).toBe('taken');
      expect(await admit('tablet', 'k')).toBe('joined');
      await reopen();
      expect(await admit('tablet', 'k')).toBe('joined');
      expect(await admit('tablet', 'l')).toBe('taken');
      expect(await admit('tablet')).toBe('taken');
    });

    it('counts the uses of a join code, and says why one is not enough', async () => {
      await store.access.addJoinCode(code('c'));
      await store.access.addJoinCode(code('old', 2, 1500));
      expect(await admit('a', null, 'c')).toBe('joined');
      await reopen();
      expect(await admit('b', null, 'c')).toBe('joined');
      expect(await admit('d', null, 'c')).toBe('code-used-up');
      expect(await admit('d', null, 'old')).toBe('code-expired');
      expect(await admit('d', null, 'other')).toBe('code-unknown');
      expect(await store.access.joinCodes('digits')).toMatchObject([
        { id: 'id-c', uses: 2, maxUses: 2, label: 'class 3b' },
        { id: 'id-old', uses: 0 },
      ]);
      expect((await store.access.participants('digits', '', 10)).map((p) => p.client)).toEqual([
        'a',
        'b',
      ]);
    });

    it('takes one use from a client that asks twice, and none from one that gets nothing', async () => {
      await store.access.addJoinCode(code('c', 3));
      expect(await admit('a', 'k', 'c')).toBe('joined');
      expect(await admit('a', 'k', 'c')).toBe('joined');
      expect(await admit('a', 'l', 'c')).toBe('taken');
      expect(await store.access.joinCodes('digits')).toMatchObject([{ uses: 1 }]);
      await admit('b', null, 'c');
      await admit('d', null, 'c');
      // All uses are gone; the repeated question still gets its answer.
      expect(await admit('a', 'k', 'c')).toBe('joined');
      expect(await store.access.joinCodes('digits')).toMatchObject([{ uses: 3 }]);
    });

    it('lets a code be used as often as it says, however many ask at once', async () => {
      await store.access.addJoinCode(code('c', 5));
      const asked = Array.from({ length: 20 }, (_, i) => admit(`c${i}`, null, 'c'));
      const outcomes = await Promise.all(asked);
      expect(outcomes.filter((outcome) => outcome === 'joined')).toHaveLength(5);
      expect(outcomes.filter((outcome) => outcome === 'code-used-up')).toHaveLength(15);
    });

    it('admits a group as if one had asked after the other', async () => {
      await store.access.addJoinCode(code('c', 2));
      const group = [
        ...[request('a', 'k', 'c'), request('a', 'k', 'c'), request('a', 'l', 'c')],
        ...[request('b', null, 'nothing'), request('b', null, 'c'), request('d', null, 'c')],
      ];
      expect(await store.access.admit(group, 1500)).toEqual([
        ...['joined', 'joined', 'taken', 'code-unknown', 'joined', 'code-used-up'],
      ]);
      await reopen();
      const participants = await store.access.participants('digits', '', 10);
      expect(participants.map(({ client }) => client)).toEqual(['a', 'b']);
      expect(await store.access.joinCodes('digits')).toMatchObject([{ uses: 2 }]);
      expect(await store.access.admit([], 1500)).toEqual([]);
    });

    it('uses a code for its own task only, and not after it was removed', async () => {
      await store.createTask({ ...digits, id: 'letters' });
      await store.access.addJoinCode({ ...code('c'), task: 'letters' });
      expect(await admit('a', null, 'c')).toBe('code-unknown');
      expect(await store.access.removeJoinCode('digits', 'id-c')).toBe(false);
      expect(await store.access.removeJoinCode('letters', 'id-c')).toBe(true);
      expect(await store.access.joinCodes('letters')).toEqual([]);
    });

    it('remembers who was thrown out, however they come back', async () => {
      await admit('a', 'k');
      expect(await store.access.readmit('digits', 'a', 1)).toBe(true);
      expect(await store.access.ban('digits', 'nobody')).toBe(false);
      expect(await store.access.ban('digits', 'a')).toBe(true);
      await reopen();
      expect(await store.access.isBanned('digits', 'a')).toBe(true);
      expect(await store.access.isBanned('digits', 'b')).toBe(false);
      expect(await store.access.readmit('digits', 'a', 1)).toBe(false);
      expect(await admit('a', 'k')).toBe('banned');
    });

    it('takes a client back that it has forgotten', async () => {
      expect(await store.access.readmit('digits', 'from-a-lost-store', 7)).toBe(true);
      expect(await store.access.participants('digits', '', 10)).toEqual([
        {
          ...{ client: 'from-a-lost-store', joinedAt: 7, updates: 0 },
          ...{ lastRound: null, banned: false },
        },
      ]);
    });

    it('lists participants by pages, with what they sent', async () => {
      for (const client of ['c', 'a', 'b']) await admit(client);
      const sent = (client: string, round: number) => ({
        ...{ task: 'digits', round, client, digest: 'd'.repeat(64), frame: new Uint8Array(1) },
      });
      await store.commitUpdates([sent('b', 1), sent('b', 4), sent('c', 2)]);
      const { access } = store;
      expect(await access.participants('digits', '', 2)).toMatchObject([
        { client: 'a', updates: 0, lastRound: null },
        { client: 'b', updates: 2, lastRound: 4 },
      ]);
      expect(await access.participants('digits', 'b', 2)).toMatchObject([
        { client: 'c', updates: 1, lastRound: 2, joinedAt: 1500 },
      ]);
    });

    it('keeps operators, and what they may do until they go', async () => {
      const { access } = store;
      expect(await access.addOperator('anna', 'p1', 1)).toBe(true);
      expect(await access.addOperator('anna', 'p2', 2)).toBe(false);
      expect(await access.password('anna')).toBe('p1');
      expect(await access.password('bert')).toBeNull();
      await access.addCredential(session('s1'));
      await access.addCredential(session('t1', { kind: 'api-token', csrf: null, label: 'ci' }));
      expect(await access.credential('hash of s1', 1999)).toMatchObject({ operator: 'anna' });
      expect(await access.credential('hash of s1', 2000)).toBeNull();
      // A new password ends the sessions, and leaves what programs use.
      expect(await access.setPassword('anna', 'p3')).toBe(true);
      expect(await access.setPassword('bert', 'p3')).toBe(false);
      expect(await access.credential('hash of s1', 1500)).toBeNull();
      expect(await access.apiTokens()).toEqual([
        { id: 't1', operator: 'anna', label: 'ci', createdAt: 1000, expiresAt: 2000 },
      ]);
      const again = await reopen();
      expect(await again.operators()).toEqual([{ name: 'anna', createdAt: 1 }]);
      expect(await again.removeOperator('anna')).toBe(true);
      expect(await again.removeOperator('anna')).toBe(false);
      expect(await again.credential('hash of t1', 1500)).toBeNull();
    });

    it('forgets credentials that are removed or have expired', async () => {
      const { access } = store;
      await access.addOperator('anna', 'p', 1);
      for (const id of ['s1', 's2']) await access.addCredential(session(id));
      await access.addCredential(session('s3', { expiresAt: 3000 }));
      expect(await access.removeCredential('s1')).toBe(true);
      expect(await access.removeCredential('s1')).toBe(false);
      await access.removeExpired(2000);
      expect(await access.credential('hash of s2', 0)).toBeNull();
      expect(await access.credential('hash of s3', 0)).toMatchObject({ id: 's3', csrf: 'x' });
    });

    it('keeps what operators did, the newest first, by pages', async () => {
      const { access } = store;
      const did = (action: string) => ({
        ...{ at: 5, actor: 'anna', action, subject: 'digits', details: '{"uses":3}' },
        address: '10.0.0.7',
      });
      for (const action of ['one', 'two', 'three']) await access.addAudit(did(action));
      const again = await reopen();
      const newest = await again.audit(Number.MAX_SAFE_INTEGER, 2);
      expect(newest).toMatchObject([did('three'), did('two')]);
      expect(await again.audit(newest[1].sequence, 2)).toMatchObject([did('one')]);
    });

    it('remembers how a task admits', async () => {
      await store.setAdmission('digits', 'code');
      await reopen();
      expect(await store.tasks()).toMatchObject([{ id: 'digits', admission: 'code' }]);
    });
  });
}
