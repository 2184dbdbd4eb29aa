import { describe, expect, it } from 'vitest';
import { GroupCommit } from './group-commit.js';

/** Of items that begin with their size. */
function groupsOf(commit: (items: readonly string[]) => Promise<number[]>) {
  const size = (item: string) => Number.parseInt(item, 10);
  return new GroupCommit(commit, { delayMs: 1, most: 100, size });
}

describe('group commit', () => {
  it('writes what arrives together in one transaction, and answers each', async () => {
    const groups: (readonly string[])[] = [];
    const commits = groupsOf(async (items) => {
      groups.push(items);
      return items.map((_, i) => 100 + i);
    });
    const answers = await Promise.all(['1a', '1b', '1c'].map((item) => commits.add(item)));
    expect(answers).toEqual([100, 101, 102]);
    expect(groups).toEqual([['1a', '1b', '1c']]);
  });

  it('divides a group that is too large, and answers its first part first', async () => {
    const groups: (readonly string[])[] = [];
    const answered: string[] = [];
    const commits = groupsOf(async (items) => {
      groups.push(items);
      if (groups.length === 2) expect(answered).toEqual(['60a', '40b']);
      return items.map((_, i) => 10 * groups.length + i);
    });
    const answers = await Promise.all(
      ['60a', '40b', '1c', '300d', '0e', '50f', '50g'].map(async (item) => {
        const answer = await commits.add(item);
        answered.push(item);
        return answer;
      }),
    );
    expect(groups).toEqual([['60a', '40b'], ['1c'], ['300d'], ['0e', '50f', '50g']]);
    expect(answers).toEqual([10, 11, 20, 30, 40, 41, 42]);
  });

  it('rejects all of a group that failed, and goes on with the next', async () => {
    let fail = true;
    const commits = groupsOf(async (items) => {
      if (fail) throw new Error('disk full');
      return items.map(() => 1);
    });
    const results = await Promise.allSettled([commits.add('1a'), commits.add('1b')]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fail = false;
    await expect(commits.add('1a')).resolves.toBe(1);
  });

  it('never answers before the transaction is over; flush waits for it', async () => {
    let finish = () => {};
    const written = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const commits = groupsOf(async (items) => {
      await written;
      return items.map(() => 1);
    });
    const done: string[] = [];
    const added = commits.add('1a').then(() => done.push('answered'));
    const flushed = commits.flush().then(() => done.push('flushed'));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(done).toEqual([]);
    finish();
    await Promise.all([added, flushed]);
    expect(done.sort()).toEqual(['answered', 'flushed']);
  });
});
