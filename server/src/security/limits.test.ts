import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, NO_LIMITS, RateLimits, retryAfter, SocketCount } from './limits.js';

const caught = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => error,
  );

describe('rates', () => {
  it('are counted for each address by itself, and refused with the time to wait', async () => {
    const limits = new RateLimits({ ...DEFAULT_LIMITS, joinRate: 3 });
    for (let i = 0; i < 3; i++) await limits.take('join', 'a');
    const error = await caught(limits.take('join', 'a'));
    expect(error).toMatchObject({ code: 'rate-limited' });
    expect(retryAfter(error)).toBeGreaterThan(50);
    expect(retryAfter(error)).toBeLessThanOrEqual(60);
    await limits.take('join', 'b');
    await limits.take('request', 'a');
  });

  it('can be looked at without being used, and forgotten', async () => {
    const limits = new RateLimits(DEFAULT_LIMITS);
    for (let i = 0; i < 10; i++) await limits.take('login', 'a');
    expect(await caught(limits.check('login', 'a'))).toMatchObject({ code: 'rate-limited' });
    await limits.check('login', 'b');
    await limits.forget('login', 'a');
    await limits.check('login', 'a');
    await limits.take('login', 'a');
  });

  it('of 0 are none; guessing is limited all the same', async () => {
    const limits = new RateLimits(NO_LIMITS);
    for (let i = 0; i < 1000; i++) {
      await limits.take('request', 'a');
      await limits.take('join', 'a');
    }
    for (let i = 0; i < 30; i++) await limits.take('wrong-code', 'a');
    expect(await caught(limits.take('wrong-code', 'a'))).toMatchObject({ code: 'rate-limited' });
  });
});

describe('open sockets', () => {
  it('are refused beyond the share of an address, and beyond the share of all', () => {
    const count = new SocketCount({ socketsPerAddress: 2, sockets: 3 });
    const close = count.add('a');
    count.add('a');
    expect(count.refusal('a')).toMatch(/this address/);
    expect(count.refusal('b')).toBeNull();
    count.add('b');
    expect(count.refusal('c')).toMatch(/the coordinator/);
    close();
    // A second goodbye of the same socket counts nothing.
    close();
    expect(count.refusal('c')).toBeNull();
    count.add('c');
    expect(count.refusal('a')).toMatch(/the coordinator/);
  });

  it('are as many as came and did not go, in any order', () => {
    const steps = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), leave: fc.boolean() }));
    fc.assert(
      fc.property(steps, (all) => {
        const count = new SocketCount({ socketsPerAddress: 3, sockets: 0 });
        const open: { key: string; close: () => void }[] = [];
        for (const { key, leave } of all) {
          if (leave) open.shift()?.close();
          else if (count.refusal(key) === null) open.push({ key, close: count.add(key) });
        }
        for (const key of ['a', 'b', 'c']) {
          const here = open.filter((socket) => socket.key === key).length;
          expect(here).toBeLessThanOrEqual(3);
          expect(count.refusal(key) !== null).toBe(here === 3);
        }
      }),
    );
  });
});
