import { describe, expect, it } from 'vitest';
import { GroupCommit } from './group-commit.js';
import type { NewUpdate } from './store.js';

const update = (client: string, bytes = 0): NewUpdate => ({
  task: 't',
  round: 1,
  client,
  digest: '',
  frame: new Uint8Array(bytes),
});

describe('group commit', () => {
  it('writes updates that arrive together in one transaction, and answers each', async () => {
    const groups: string[][] = [];
    const commits = new GroupCommit(async (updates) => {
      groups.push(updates.map(({ client }) => client));
      return updates.map((_, i) => 100 + i);
    });
    const answers = await Promise.all(['a', 'b', 'c'].map((client) => commits.add(update(client))));
    expect(answers).toEqual([100, 101, 102]);
    expect(groups).toEqual([['a', 'b', 'c']]);
  });

  it('divides a group that is too large, and answers its first part first', async () => {
    const groups: string[][] = [];
    const answered: string[] = [];
    const commits = new GroupCommit(
      async (updates) => {
        groups.push(updates.map(({ client }) => client));
        if (groups.length === 2) expect(answered).toEqual(['a', 'b']);
        return updates.map((_, i) => 10 * groups.length + i);
      },
      1,
      100,
    );
    const sizes = { a: 60, b: 40, c: 1, d: 300, e: 0, f: 50, g: 50 };
    const answers = await Promise.all(
      Object.entries(sizes).map(async ([client, bytes]) => {
        const sequence = await commits.add(update(client, bytes));
        answered.push(client);
        return sequence;
      }),
    );
    expect(groups).toEqual([['a', 'b'], ['c'], ['d'], ['e', 'f', 'g']]);
    expect(answers).toEqual([10, 11, 20, 30, 40, 41, 42]);
  });

  it('rejects all of a group that failed, and goes on with the next', async () => {
    let fail = true;
    const commits = new GroupCommit(async (updates) => {
      if (fail) throw new Error('disk full');
      return updates.map(() => 1);
    });
    const results = await Promise.allSettled([commits.add(update('a')), commits.add(update('b'))]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fail = false;
    await expect(commits.add(update('a'))).resolves.toBe(1);
  });

  it('never answers before the transaction is over; flush waits for it', async () => {
    let finish = () => {};
    const written = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const commits = new GroupCommit(async (updates) => {
      await written;
      return updates.map(() => 1);
    });
    const done: string[] = [];
    const added = commits.add(update('a')).then(() => done.push('answered'));
    const flushed = commits.flush().then(() => done.push('flushed'));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(done).toEqual([]);
    finish();
    await Promise.all([added, flushed]);
    expect(done.sort()).toEqual(['answered', 'flushed']);
  });
});
