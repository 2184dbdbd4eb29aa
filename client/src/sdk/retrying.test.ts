import { FederationError } from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { retrying, within } from './retrying.js';

const { signal } = new AbortController();

function* zeros(count: number): Generator<number, void> {
  for (let i = 0; i < count; i++) yield 0;
}

/** Fails as told, then succeeds; counts its calls. */
function flaky(errors: readonly unknown[]) {
  const work = {
    calls: 0,
    run: async () => {
      const error = errors[work.calls++];
      if (error !== undefined) throw error;
      return 'done';
    },
  };
  return work;
}

const unreachable = new FederationError('coordinator-unreachable', 'no answer');

describe('retrying', () => {
  it('tries again after errors of network and coordinator, and tells each wait', async () => {
    const told: string[] = [];
    const codes = [
      'coordinator-unreachable',
      'coordinator-busy',
      'store-failed',
      'internal',
    ] as const;
    const work = flaky(codes.map((code) => new FederationError(code, code)));
    const onWait = (error: FederationError) => told.push(error.code);
    await expect(retrying(work.run, { waits: zeros(9), signal, onWait })).resolves.toBe('done');
    expect(told).toEqual(codes);
  });

  it('gives up at once where trying again cannot help', async () => {
    for (const error of [new FederationError('unknown-task', 'no'), new TypeError('a bug')]) {
      const work = flaky([error]);
      await expect(retrying(work.run, { waits: zeros(9), signal })).rejects.toBe(error);
      expect(work.calls).toBe(1);
    }
  });

  it('throws the last error when the waits end', async () => {
    const work = flaky([unreachable, unreachable, unreachable, unreachable]);
    await expect(retrying(work.run, { waits: zeros(2), signal })).rejects.toBe(unreachable);
    expect(work.calls).toBe(3);
  });

  it('ends with the reason of the signal, while working as well as while waiting', async () => {
    const controller = new AbortController();
    const work = flaky([unreachable]);
    const waiting = retrying(work.run, {
      waits: [1e9][Symbol.iterator](),
      signal: controller.signal,
      onWait: () => controller.abort(new Error('enough')),
    });
    await expect(waiting).rejects.toThrow('enough');
    const again = retrying(work.run, { waits: zeros(1), signal: controller.signal });
    await expect(again).rejects.toThrow('enough');
    expect(work.calls).toBe(1);
  });
});

describe('within', () => {
  it('ends before the sum of the waits passes the total', () => {
    expect([...within([3, 4, 5, 6], 12)]).toEqual([3, 4, 5]);
    expect([...within([3, 4, 5, 6], 11)]).toEqual([3, 4]);
    expect([...within([3], 0)]).toEqual([]);
  });
});
