import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { decodeFrame, encodeFrame, type RoundOpen, sha256Hex, taskHash } from '@fedhybnn/shared';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningCoordinator, startCoordinator } from '../start.js';
import {
  type ClientSocket,
  connect,
  join,
  randomVotes,
  tinyExtractor,
  tinyTask,
  until,
  upload,
  votingClient,
} from '../testing/tiny-federation.js';

// One round stays open during all of these tests: its goal is never reached.
const task = tinyTask({ goal: 6, ready: 6, gatherMs: 300, deadlineMs: 600_000 });
let data: string;
let running: RunningCoordinator;
let url: string;
const sockets: ClientSocket[] = [];
let open: RoundOpen;

/** A member of the open round's cohort that has not answered. */
async function member(id: string): Promise<ClientSocket> {
  const client = await votingClient(url, task, id, { answers: false });
  sockets.push(client.socket);
  client.socket.on('round:open', (message) => {
    open = message;
  });
  return client.socket;
}

let members: ClientSocket[];
beforeAll(async () => {
  data = mkdtempSync(joinPath(tmpdir(), 'fedhybnn-gateway-'));
  running = await startCoordinator({ data, port: 0 });
  await running.createTask(task, { extractor: tinyExtractor });
  url = running.url;
  members = await Promise.all(['m0', 'm1', 'm2', 'm3'].map(member));
  await until(() => open !== undefined, 'round:open');
});
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await running.close();
  rmSync(data, { recursive: true, force: true });
});

const codeOf = (reply: object) =>
  'error' in reply ? (reply.error as { code: string }).code : 'ok';

/** A frame of member m1 with some header fields changed, its checksum right. */
function changed(change: Partial<ReturnType<typeof decodeFrame>>): Uint8Array {
  const frame = decodeFrame(randomVotes(task, 'm1', open), 'update', 1 << 20);
  return encodeFrame({ ...frame, ...change });
}

describe('the handshake', () => {
  const refused = (token: unknown, protocol = 1) =>
    new Promise<{ code: string; message: string }>((resolve) => {
      const socket = connect(url, token as string, protocol);
      socket.once('connect_error', (error) => {
        socket.disconnect();
        resolve((error as Error & { data: { code: string; message: string } }).data);
      });
    });

  it('refuses a missing, a forged and an expired token, and says what to do', async () => {
    expect(await refused('')).toMatchObject({ code: 'token-missing' });
    expect(await refused('not.a.token')).toMatchObject({ code: 'token-invalid' });
    const foreign = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('m0')
      .setAudience('tiny')
      .setExpirationTime('1h')
      .sign(new Uint8Array(32));
    expect(await refused(foreign)).toMatchObject({ code: 'token-invalid' });
    const brief = mkdtempSync(joinPath(tmpdir(), 'fedhybnn-brief-'));
    const other = await startCoordinator({ data: brief, port: 0, tokenHours: 1 / 3600 });
    try {
      await other.createTask(task, { extractor: tinyExtractor });
      const { token } = await join(other.url, task, 'late');
      await new Promise((resolve) => setTimeout(resolve, 2100));
      const socket = connect(other.url, token);
      const error = await new Promise<unknown>((resolve) => {
        socket.once('connect_error', (thrown) =>
          resolve((thrown as Error & { data: unknown }).data),
        );
      });
      socket.disconnect();
      expect(error).toMatchObject({
        code: 'token-expired',
        message: expect.stringMatching(/resume/),
      });
      // The expired token still says who it was.
      const renewed = await join(other.url, task, 'late', { client: undefined, resume: token });
      expect(renewed.client).toBe('late');
    } finally {
      await other.close();
      rmSync(brief, { recursive: true, force: true });
    }
  });

  it('refuses another protocol version', async () => {
    const { token } = await join(url, task, 'versioned');
    expect(await refused(token, 2)).toMatchObject({
      code: 'protocol-version',
      message: expect.stringMatching(/update the coordinator/),
    });
  });
});

describe('joining', () => {
  const post = async (body: unknown) => {
    const reply = await fetch(`${url}/v1/join`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: reply.status, ...(await reply.json()) };
  };

  it('names the wrong field, the unknown task, the taken name and bad JSON', async () => {
    expect(await post({ protocol: 1, task: 'nope' })).toMatchObject({
      status: 404,
      code: 'unknown-task',
      message: expect.stringMatching(/there are: tiny/),
    });
    expect(await post({ protocol: 9, task: 'tiny' })).toMatchObject({
      status: 426,
      code: 'protocol-version',
    });
    expect(await post({ protocol: 1, task: 'tiny', clinet: 'x' })).toMatchObject({
      status: 400,
      message: expect.stringMatching(/unknown field "clinet"/),
    });
    expect(await post({ protocol: 1, task: 'tiny', client: 'm0' })).toMatchObject({
      status: 409,
      code: 'client-taken',
    });
    // A lost answer is given again to whoever has the key, and to nobody else.
    const keyed = { protocol: 1, task: 'tiny', client: 'keyed', key: 'a'.repeat(32) };
    expect(await post(keyed)).toMatchObject({ status: 200 });
    expect(await post(keyed)).toMatchObject({ status: 200 });
    expect(await post({ ...keyed, key: 'b'.repeat(32) })).toMatchObject({ code: 'client-taken' });
    expect(await post({ ...keyed, key: undefined })).toMatchObject({ code: 'client-taken' });
    expect(await post({ ...keyed, key: 'A' })).toMatchObject({ code: 'bad-request' });
    expect(await post({ protocol: 1, task: 'tiny', resume: 'x.y.z' })).toMatchObject({
      status: 401,
      code: 'token-invalid',
    });
    expect(await post('{"protocol":')).toMatchObject({ status: 400, code: 'bad-request' });
    expect(await post({ protocol: 1, task: 'x'.repeat(70_000) })).toMatchObject({ status: 413 });
  });
});

describe('an update', () => {
  it('that is truncated, corrupt, oversized or of another kind is refused, each by its code', async () => {
    const frame = randomVotes(task, 'm1', open);
    const flipped = frame.slice();
    flipped[90] ^= 4;
    const cases: [string, Uint8Array][] = [
      ['frame-truncated', new Uint8Array()],
      ['frame-truncated', frame.slice(0, 50)],
      ['frame-truncated', frame.slice(0, -1)],
      ['frame-corrupt', flipped],
      ['frame-corrupt', Uint8Array.from([...frame, 0])],
      ['frame-oversized', changed({ payload: new Uint8Array(200) })],
      ['frame-corrupt', changed({ kind: 'step' })],
      ['frame-truncated', changed({ payload: new Uint8Array(3) })],
      ['wrong-task', changed({ taskHash: 'f'.repeat(64) })],
      ['wrong-rule', changed({ rule: 2 })],
      ['wrong-base', changed({ baseHash: 'e'.repeat(64) })],
      ['round-stale', changed({ round: 0 })],
      ['round-future', changed({ round: 2 })],
      ['frame-corrupt', changed({ parameters: 7 })],
    ];
    for (const [code, bytes] of cases)
      expect(codeOf(await upload(members[1], open, bytes))).toBe(code);
  });

  it('with a wrong header is refused before its frame is looked at', async () => {
    const frame = randomVotes(task, 'm1', open);
    expect(codeOf(await upload(members[1], open, frame, '0'.repeat(64)))).toBe('frame-corrupt');
    expect(codeOf(await upload(members[1], { ...open, round: 2 }, frame))).toBe('round-future');
    expect(codeOf(await upload(members[1], { ...open, round: 0 }, frame))).toBe('round-stale');
    expect(codeOf(await upload(members[1], { ...open, base: 'a'.repeat(64) }, frame))).toBe(
      'wrong-base',
    );
    expect(codeOf(await upload(members[1], { ...open, base: 'zz' }, frame))).toBe('bad-request');
  });

  it('with garbage for arguments gets an error, and nothing falls over', async () => {
    const loose = members[1] as unknown as {
      emit(event: string, ...args: unknown[]): void;
      timeout(ms: number): { emitWithAck(event: string, ...args: unknown[]): Promise<object> };
    };
    for (const args of [[], [null], [{}, 'text'], [[1, 2], new Uint8Array(3)], ['x', {}, 7]]) {
      expect(codeOf(await loose.timeout(5000).emitWithAck('update', ...args))).toBe('bad-request');
      loose.emit('update', ...args);
      loose.emit('ready', ...args);
    }
    const header = { round: 1, base: open.base, digest: '0'.repeat(64) };
    expect(codeOf(await loose.timeout(5000).emitWithAck('update', header, 'text'))).toBe(
      'bad-request',
    );
    loose.emit('no-such-event', 1, 2, 3);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('of a client outside the cohort is refused', async () => {
    const outsider = await member('outsider');
    const frame = randomVotes(task, 'outsider', open);
    expect(codeOf(await upload(outsider, open, frame))).toBe('not-in-cohort');
  });

  it('is accepted once: the same bytes get the same receipt, others are a conflict', async () => {
    const frame = randomVotes(task, 'm0', open);
    const [first, second] = await Promise.all([
      upload(members[0], open, frame),
      upload(members[0], open, frame),
    ]);
    const third = await upload(members[0], open, frame);
    expect(first).toMatchObject({ ok: { digest: sha256Hex(frame) } });
    expect(second).toEqual(first);
    expect(third).toEqual(first);
    const other = randomVotes(task, 'somebody else', open);
    expect(codeOf(await upload(members[0], open, other))).toBe('update-conflict');
  });

  it('can come by HTTP PUT, with the same checks', async () => {
    const frame = randomVotes(task, 'm2', open);
    const { token } = await join(url, task, 'm2', {
      client: undefined,
      resume: (members[2].auth as { token: string }).token,
    });
    const put = async (body: Uint8Array, headers: Record<string, string> = {}, round = '1') => {
      const reply = await fetch(`${url}/v1/tasks/tiny/rounds/${round}/updates`, {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/octet-stream',
          'fedhybnn-base': open.base,
          'fedhybnn-digest': sha256Hex(body),
          ...headers,
        },
        body: body as Uint8Array<ArrayBuffer>,
      });
      return { status: reply.status, ...(await reply.json()) };
    };
    expect(await put(frame, { authorization: '' })).toMatchObject({
      status: 401,
      code: 'token-missing',
    });
    expect(await put(frame, { 'fedhybnn-base': 'x' })).toMatchObject({
      status: 400,
      code: 'bad-request',
    });
    expect(await put(new Uint8Array(frame.length + 1))).toMatchObject({ status: 413 });
    expect(await put(frame, {}, '2')).toMatchObject({ status: 409, code: 'round-future' });
    expect(await put(frame, {}, 'x')).toMatchObject({ status: 400, code: 'bad-request' });
    const accepted = await put(frame);
    expect(accepted).toMatchObject({ status: 200, digest: sha256Hex(frame) });
    expect(await upload(members[2], open, frame)).toEqual({
      ok: { sequence: accepted.sequence, digest: accepted.digest },
    });
  });
});

describe('a connection', () => {
  const readyCount = async () => (await (await fetch(`${url}/v1/tasks/tiny`)).json()).ready;

  it('of a client that is connected already replaces the first', async () => {
    const { token } = await join(url, task, 'twice');
    const first = connect(url, token);
    sockets.push(first);
    await new Promise<void>((resolve) => first.once('connect', () => resolve()));
    first.io.reconnection(false);
    const gone = new Promise<string>((resolve) => first.once('disconnect', resolve));
    const second = connect(url, token);
    sockets.push(second);
    await gone;
    expect(await second.timeout(5000).emitWithAck('ready', {})).toEqual({ ok: { round: 0 } });
    expect(first.connected).toBe(false);
    expect(second.connected).toBe(true);
  });

  it('makes a client ready, and no more when it leaves or the connection ends', async () => {
    const before = await readyCount();
    const { token } = await join(url, task, 'brief');
    const socket = connect(url, token);
    sockets.push(socket);
    await socket.timeout(5000).emitWithAck('ready', {});
    expect(await readyCount()).toBe(before + 1);
    expect(await socket.timeout(5000).emitWithAck('leave', {})).toEqual({ ok: {} });
    expect(await readyCount()).toBe(before);
    await socket.timeout(5000).emitWithAck('ready', {});
    socket.disconnect();
    await until(async () => (await readyCount()) === before, 'the client to be gone');
  });

  it('that sends more than a message may hold is closed, and the others stay', async () => {
    const { token } = await join(url, task, 'flood');
    const socket = connect(url, token);
    sockets.push(socket);
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    socket.io.reconnection(false);
    const gone = new Promise<string>((resolve) => socket.once('disconnect', resolve));
    upload(socket, open, new Uint8Array(200_000)).catch(() => {});
    expect(await gone).toMatch(/transport/);
    expect(members[3].connected).toBe(true);
  });
});

describe('the HTTP routes', () => {
  it('serve tasks, immutable files and parts of them', async () => {
    const { hash, initialModel } = await (await fetch(`${url}/v1/tasks/tiny`)).json();
    expect(hash).toBe(taskHash(task));
    const whole = await fetch(`${url}/v1/files/${initialModel}`);
    expect(whole.headers.get('cache-control')).toMatch(/immutable/);
    const bytes = new Uint8Array(await whole.arrayBuffer());
    expect(sha256Hex(bytes)).toBe(initialModel);
    const part = await fetch(`${url}/v1/files/${initialModel}`, {
      headers: { range: 'bytes=4-9' },
    });
    expect(part.status).toBe(206);
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(bytes.slice(4, 10));
    const etag = whole.headers.get('etag') ?? '';
    expect(etag).toBe(`"${initialModel}"`);
    // Not by fetch, which forbids caches to answer when this header is set.
    const status = await new Promise((resolve, reject) => {
      const headers = { 'if-none-match': etag };
      get(`${url}/v1/files/${initialModel}`, { headers }, (reply) => {
        reply.resume();
        resolve(reply.statusCode);
      }).on('error', reject);
    });
    expect(status).toBe(304);
  });

  it.each([
    '/v1/files/..%2f..%2ftoken-secret',
    '/v1/files/%2e%2e',
    `/v1/files/${'0'.repeat(64)}`,
    '/v1/files/%00',
    '/v1/tasks/..%2f',
    '/v1/tasks/tiny/rounds?after=-1',
    '/v1/tasks/tiny/rounds?after=x',
    '/v1/nothing',
    '/nothing/at/all',
    '/%E0%A4%A',
  ])('answer %s with an error of ours', async (path) => {
    const reply = await fetch(`${url}${path}`);
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
    expect(await reply.json()).toMatchObject({
      code: expect.any(String),
      message: expect.any(String),
    });
  });

  it('serve a page for people under a strict content security policy', async () => {
    const reply = await fetch(`${url}/`);
    expect(reply.headers.get('content-security-policy')).not.toMatch(/unsafe-inline/);
    expect(await reply.text()).toMatch(/Handwritten digits/);
  });
});

describe('a coordinator that stops', () => {
  it('tells each client to come back, at a time of its own', async () => {
    const folder = mkdtempSync(joinPath(tmpdir(), 'fedhybnn-stopping-'));
    const stopping = await startCoordinator({ data: folder, port: 0 });
    const waits: number[] = [];
    const guests: ClientSocket[] = [];
    try {
      await stopping.createTask(task, { extractor: tinyExtractor });
      for (let i = 0; i < 10; i++) {
        const { socket } = await votingClient(stopping.url, task, `g${i}`, { answers: false });
        guests.push(socket);
        socket.on('come-back', ({ afterMs }) => waits.push(afterMs));
      }
    } finally {
      await stopping.close();
      await until(() => guests.every((socket) => !socket.connected), 'the sockets to close');
      for (const socket of guests) socket.disconnect();
      rmSync(folder, { recursive: true, force: true });
    }
    expect(waits).toHaveLength(10);
    for (const wait of waits) {
      expect(wait).toBeGreaterThanOrEqual(2000);
      expect(wait).toBeLessThanOrEqual(3000);
    }
    expect(new Set(waits).size).toBeGreaterThan(5);
  });
});
