import {
  FederationError,
  type JoinReply,
  type JoinRequest,
  mnistTask,
  taskHash,
} from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { MemoryStorage, type StoredClient } from './client-storage.js';
import type { CoordinatorHttp, TaskDescription } from './coordinator-http.js';
import { Membership } from './membership.js';

const task = mnistTask({
  extractor: { sha256: '0'.repeat(64), kind: 'pixels', bits: 64 },
  federation: { rounds: 10, goal: 2 },
});
const description: TaskDescription = {
  task,
  hash: taskHash(task),
  initialModel: '1'.repeat(64),
  phase: 'WAITING',
  latest: { round: 0, model: '1'.repeat(64), accuracy: null },
  ready: 0,
};
const pending = {
  header: { round: 1, base: '1'.repeat(64), digest: '2'.repeat(64) },
  frame: new Uint8Array([7]),
};

/** A coordinator that knows the tokens it gave, unless told to forget; a clock; a storage. */
function scene(
  options: {
    client?: string;
    resume?: string;
    key?: string;
    code?: string;
    stored?: StoredClient;
  } = {},
) {
  const requests: JoinRequest[] = [];
  const coordinator = { forgetful: false, clients: new Set<string>(), tokens: 0 };
  const clock = { now: 0 };
  const storage = new MemoryStorage();
  const join = async (request: JoinRequest): Promise<JoinReply> => {
    requests.push(request);
    if (request.resume !== undefined && coordinator.forgetful) {
      throw new FederationError('token-invalid', 'not issued here');
    }
    const client = request.resume?.split('#')[0] ?? request.client ?? 'drawn';
    if (request.resume === undefined && coordinator.clients.has(client)) {
      throw new FederationError('client-taken', 'joined already');
    }
    coordinator.clients.add(client);
    return { client, token: `${client}#${++coordinator.tokens}`, expiresIn: 100 };
  };
  const http = { join } as unknown as CoordinatorHttp;
  const enter = async () => {
    if (options.stored) await storage.save(options.stored);
    return Membership.enter({ http, description, storage, now: () => clock.now, ...options });
  };
  return { requests, coordinator, clock, storage, enter };
}

const stored: StoredClient = {
  taskHash: description.hash,
  client: 'kept',
  token: 'kept#0',
  expiresAt: 50_000,
  pending,
};

describe('Membership', () => {
  it('joins under the drawn or the proposed id, and stores it', async () => {
    const drawn = scene();
    expect((await drawn.enter()).client).toBe('drawn');
    expect(await drawn.storage.load()).toMatchObject({ client: 'drawn', expiresAt: 100_000 });
    const proposed = scene({ client: 'mine' });
    expect((await proposed.enter()).client).toBe('mine');
    expect(proposed.requests).toEqual([{ protocol: 1, task: 'mnist', client: 'mine' }]);
  });

  it('asks with the same key where an answer was lost', async () => {
    const { enter, requests } = scene({ client: 'mine', key: 'a'.repeat(32) });
    await enter();
    expect(requests).toEqual([{ protocol: 1, task: 'mnist', client: 'mine', key: 'a'.repeat(32) }]);
  });

  it('shows its join code where it is new, and nowhere else', async () => {
    const { enter, requests, clock } = scene({ client: 'me', code: '7KQ2-M9XD-4T0V-H8RB' });
    const membership = await enter();
    clock.now = 101_000;
    await membership.token();
    expect(requests.map(({ code }) => code)).toEqual(['7KQ2-M9XD-4T0V-H8RB', undefined]);
  });

  it('joins as the client of an earlier token', async () => {
    const { enter, requests } = scene({ resume: 'earlier#1' });
    expect((await enter()).client).toBe('earlier');
    expect(requests).toEqual([{ protocol: 1, task: 'mnist', resume: 'earlier#1' }]);
  });

  it('is the stored client again, outbox and all, without a request', async () => {
    const { enter, requests } = scene({ stored });
    const membership = await enter();
    expect(membership.client).toBe('kept');
    expect(membership.pending).toEqual(pending);
    expect(await membership.token()).toBe('kept#0');
    expect(requests).toEqual([]);
  });

  it('is a new client where the stored one is of another task or has another name', async () => {
    const other = scene({ stored: { ...stored, taskHash: '9'.repeat(64) } });
    expect((await other.enter()).client).toBe('drawn');
    const renamed = scene({ stored, client: 'new-name' });
    expect((await renamed.enter()).client).toBe('new-name');
  });

  it('renews a token that has expired, as the same client', async () => {
    const { enter, clock, storage, requests } = scene({ stored });
    const membership = await enter();
    clock.now = 50_000;
    expect(await membership.token()).toBe('kept#1');
    expect(requests).toEqual([{ protocol: 1, task: 'mnist', resume: 'kept#0' }]);
    expect(await storage.load()).toMatchObject({ token: 'kept#1', expiresAt: 150_000, pending });
    // Shortly before its end, so that it does not expire on its way.
    clock.now = 144_999;
    expect(await membership.token()).toBe('kept#1');
    clock.now = 145_000;
    expect(await membership.token()).toBe('kept#2');
  });

  it('renews a token that the coordinator refuses, whatever this clock says', async () => {
    const { enter } = scene({ stored });
    const membership = await enter();
    expect(await membership.token(true)).toBe('kept#1');
  });

  it('proposes its id anew to a coordinator that does not know its token', async () => {
    const { enter, coordinator, requests } = scene({ stored });
    coordinator.forgetful = true;
    const membership = await enter();
    expect(await membership.token(true)).toBe('kept#1');
    expect(requests[1]).toEqual({ protocol: 1, task: 'mnist', client: 'kept' });
  });

  it('fails where neither its token nor its id is accepted', async () => {
    const { enter, coordinator } = scene({ stored });
    coordinator.forgetful = true;
    coordinator.clients.add('kept');
    const membership = await enter();
    await expect(membership.token(true)).rejects.toMatchObject({ code: 'client-taken' });
  });

  it('keeps an update until it is cleared, also while a token is renewed', async () => {
    const { enter, storage } = scene();
    const membership = await enter();
    const renewal = membership.token(true);
    await membership.keepPending(pending);
    await renewal;
    expect(await storage.load()).toMatchObject({ token: 'drawn#2', pending });
    const another = membership.token(true);
    await membership.clearPending();
    await another;
    expect(await storage.load()).not.toHaveProperty('pending');
  });
});
