import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { sha256Hex } from '@fedhybnn/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningCoordinator, startCoordinator } from '../../start.js';
import { login, operatorOf, PASSWORD, type TestOperator } from '../../testing/operator.js';
import {
  connect,
  join,
  tinyExtractor,
  tinyTask,
  until,
  votingClient,
} from '../../testing/tiny-federation.js';
import { verifyFolder } from '../../verify-folder.js';

const task = tinyTask({ rounds: 2, ready: 2, goal: 2 });
let data: string;
let running: RunningCoordinator;
let url: string;
let operator: TestOperator;
let ask: TestOperator['ask'];

beforeEach(async () => {
  data = mkdtempSync(joinPath(tmpdir(), 'fedhybnn-admin-'));
  running = await startCoordinator({ data, port: 0 });
  url = running.url;
  operator = await operatorOf(url, data);
  ask = operator.ask;
});
afterEach(async () => {
  await running.close();
  rmSync(data, { recursive: true, force: true });
});

async function createTask(admission = 'open') {
  await ask('PUT', '/v1/admin/files/extractor', tinyExtractor);
  return ask('POST', '/v1/admin/tasks', { task, admission });
}
const refusedJoin = (client: string, more: object = {}) =>
  join(url, task, client, more as Record<string, unknown>).then(
    () => 'joined',
    (error: Error) => (JSON.parse(error.message) as { code: string }).code,
  );
const newCode = async (more: object = {}) =>
  (await ask('POST', '/v1/admin/tasks/tiny/join-codes', { uses: 2, hours: 1, ...more })).body;
const actions = async () => {
  const { entries } = (await ask('GET', '/v1/admin/audit')).body;
  return entries.map((entry: { action: string }) => entry.action).reverse();
};

describe('an operator', () => {
  it('creates a task from uploaded files, and it is played and verified', async () => {
    expect((await ask('PUT', '/v1/admin/files/extractor', tinyExtractor)).body).toMatchObject({
      ...{ sha256: sha256Hex(tinyExtractor), bytes: tinyExtractor.length },
    });
    expect((await createTask()).body).toMatchObject({ admission: 'open', phase: 'WAITING' });
    const clients = await Promise.all(['a', 'b'].map((id) => votingClient(url, task, id)));
    await until(() => running.allEnded(), 'the end');
    for (const { socket } of clients) socket.disconnect();
    expect(await verifyFolder(data)).toMatchObject([{ task: 'tiny', rounds: 2, updates: 4 }]);
    expect((await ask('GET', '/v1/admin/tasks/tiny/participants')).body.participants).toMatchObject(
      [
        { client: 'a', updates: 2, lastRound: 2, banned: false },
        { client: 'b', updates: 2, lastRound: 2, banned: false },
      ],
    );
    expect((await ask('GET', '/v1/admin/tasks/tiny/attempts')).body.attempts).toMatchObject([
      { round: 1, attempt: 1, cohort: 2, outcome: 'published', reason: null },
      { round: 2, attempt: 1, cohort: 2, outcome: 'published', reason: null },
    ]);
    expect(await actions()).toEqual([
      ...['add-operator', 'login', 'upload-file', 'upload-file', 'create-task'],
    ]);
  });

  it('pauses a task, lets it go on, and ends it', async () => {
    await createTask();
    const control = async (name: string) =>
      (await ask('POST', `/v1/admin/tasks/tiny/${name}`)).body;
    expect(await control('pause')).toMatchObject({ phase: 'PAUSED' });
    const clients = await Promise.all(['a', 'b'].map((id) => votingClient(url, task, id)));
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(clients.map(({ receipts }) => receipts.size)).toEqual([0, 0]);
    await control('resume');
    await until(() => clients.every(({ receipts }) => receipts.size > 0), 'a round');
    await control('end');
    await until(() => running.allEnded(), 'the end');
    for (const { socket } of clients) socket.disconnect();
    expect(await control('pause')).toMatchObject({ code: 'federation-ended' });
    expect(await actions()).toEqual(
      expect.arrayContaining(['pause-task', 'resume-task', 'end-task']),
    );
  });

  it('is told what is wrong with a task or a file', async () => {
    const wrong = async (method: string, path: string, body?: unknown) => {
      const answer = await ask(method, path, body);
      return `${answer.status} ${answer.body.code} ${answer.body.message}`;
    };
    expect(await wrong('POST', '/v1/admin/tasks', { task: { ...task, labels: ['one'] } })).toMatch(
      /^400 bad-request field "task": field "labels" must have at least 2 items/,
    );
    expect(await wrong('POST', '/v1/admin/tasks', { task })).toMatch(/^404 unknown-file/);
    expect(await wrong('POST', '/v1/admin/tasks', {})).toMatch(/^400 bad-request/);
    expect(await wrong('PUT', '/v1/admin/files/secrets', tinyExtractor)).toMatch(
      /^400 bad-request/,
    );
    expect(await wrong('PUT', '/v1/admin/files/extractor')).toMatch(/^400 frame-truncated/);
    expect(await wrong('GET', '/v1/admin/tasks/cats/participants')).toMatch(/^404 unknown-task/);
    expect(await wrong('GET', '/v1/admin/audit?before=x')).toMatch(/^400 bad-request.*"before"/);
    expect(await wrong('DELETE', '/v1/admin/api-tokens/none')).toMatch(/^400 bad-request/);
  });

  it('logs in with name and password only, and out for good', async () => {
    const failed = async (name: string, password: string) => {
      const answer = await login(url, name, password);
      expect(answer.headers.get('set-cookie')).toBeNull();
      return [answer.status, ((await answer.json()) as { code: string; message: string }).message];
    };
    // Whether the name or the password is wrong is not told.
    expect(await failed('anna', 'wrong horse battery')).toEqual(await failed('bert', PASSWORD));
    const good = await login(url, 'anna', PASSWORD);
    expect(good.headers.get('set-cookie')).toMatch(
      /^fedhybnn-session=[\w-]{43}; .*Path=\/; .*HttpOnly; SameSite=Strict$/,
    );
    expect((await ask('GET', '/v1/admin/session')).body).toMatchObject({
      ...{ operator: 'anna', csrf: operator.csrf },
    });
    expect((await ask('POST', '/v1/admin/logout')).status).toBe(200);
    expect((await ask('GET', '/v1/admin/session')).status).toBe(401);
    expect(
      await operatorOf(url, data).then((again) => again.ask('GET', '/v1/admin/audit')),
    ).toMatchObject({ status: 200 });
  });

  it('is not helped by guessing passwords', async () => {
    for (let i = 0; i < 10; i++) await login(url, 'anna', `wrong password ${i}`);
    const answer = await login(url, 'anna', PASSWORD);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(60);
    // Who is in stays in.
    expect((await ask('GET', '/v1/admin/session')).status).toBe(200);
  });

  it('lets programs act with a token, until it is taken back', async () => {
    const { body } = await ask('POST', '/v1/admin/api-tokens', { label: 'ci', days: 1 });
    const byToken = (method: string, path: string) =>
      fetch(url + path, { method, headers: { authorization: `Bearer ${body.token}` } });
    expect((await byToken('GET', '/v1/admin/audit')).status).toBe(200);
    // No cookie comes along with forged requests here: no second token is needed.
    expect((await byToken('POST', '/v1/admin/tasks/tiny/join-codes')).status).toBe(400);
    const listed = await ask('GET', '/v1/admin/api-tokens');
    expect(listed.body.tokens).toMatchObject([{ id: body.id, label: 'ci', operator: 'anna' }]);
    expect(JSON.stringify(listed.body)).not.toContain(body.token);
    expect((await ask('DELETE', `/v1/admin/api-tokens/${body.id}`)).status).toBe(200);
    expect((await byToken('GET', '/v1/admin/audit')).status).toBe(401);
  });
});

describe('a task by join code', () => {
  beforeEach(async () => {
    await createTask('code');
  });

  it('lets in whoever has a code, as often as it says, however it is typed', async () => {
    expect(await refusedJoin('a')).toBe('join-code-missing');
    expect(await refusedJoin('a', { code: '7KQ2' })).toBe('join-code-invalid');
    expect(await refusedJoin('a', { code: '0000-0000-0000-0000' })).toBe('join-code-invalid');
    const { code, path, id } = await newCode();
    expect(path).toBe(`/tiny#code=${code}`);
    expect(await refusedJoin('a', { code: code.toLowerCase().replaceAll('-', ' ') })).toBe(
      'joined',
    );
    const { token } = await join(url, task, 'b', { code });
    expect(await refusedJoin('c', { code })).toBe('join-code-invalid');
    // Who is in needs no code to come back.
    expect((await join(url, task, 'ignored', { resume: token })).client).toBe('b');
    const { codes } = (await ask('GET', '/v1/admin/tasks/tiny/join-codes')).body;
    expect(codes).toMatchObject([{ id, uses: 2, maxUses: 2 }]);
    expect(JSON.stringify(codes)).not.toContain(code);
  });

  it('asks no more once it is opened, and again when it is closed', async () => {
    const change = (admission: string) => ask('PATCH', '/v1/admin/tasks/tiny', { admission });
    expect((await change('open')).body.admission).toBe('open');
    expect(await refusedJoin('a')).toBe('joined');
    expect((await change('code')).body.admission).toBe('code');
    expect(await refusedJoin('b')).toBe('join-code-missing');
    expect((await change('anything')).status).toBe(400);
    const reply = (await fetch(`${url}/v1/tasks/tiny`).then((r) => r.json())) as object;
    expect(reply).toMatchObject({ admission: 'code' });
  });

  it('forgets a code that is taken back', async () => {
    const { code, id } = await newCode();
    expect((await ask('DELETE', `/v1/admin/tasks/tiny/join-codes/${id}`)).status).toBe(200);
    expect((await ask('DELETE', `/v1/admin/tasks/tiny/join-codes/${id}`)).status).toBe(400);
    expect(await refusedJoin('a', { code })).toBe('join-code-invalid');
  });

  it('is not helped by guessing codes', async () => {
    const guess = (i: number) => `0000-0000-0000-${String(i).padStart(4, '0')}`;
    const answers: string[] = [];
    for (let i = 0; i < 31; i++) answers.push(await refusedJoin(`g${i}`, { code: guess(i) }));
    expect(answers.slice(0, 30).every((code) => code === 'join-code-invalid')).toBe(true);
    expect(answers[30]).toBe('rate-limited');
  });

  it('excludes a client at once and for good', async () => {
    const { code } = await newCode();
    const { token } = await join(url, task, 'bad', { code });
    const socket = connect(url, token);
    await until(() => socket.connected, 'the connection');
    expect((await ask('DELETE', '/v1/admin/tasks/tiny/participants/bad')).status).toBe(200);
    await until(() => !socket.connected, 'the socket to be closed');
    socket.disconnect();
    const again = connect(url, token);
    const error = await new Promise<Error & { data?: { code: string } }>((resolve) =>
      again.once('connect_error', resolve),
    );
    again.disconnect();
    expect(error.data?.code).toBe('token-invalid');
    expect(await refusedJoin('bad', { resume: token })).toBe('token-invalid');
    const upload = await fetch(`${url}/v1/tasks/tiny/rounds/1/updates`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}` },
      body: new Uint8Array(10),
    });
    expect([upload.status, ((await upload.json()) as { code: string }).code]).toEqual([
      ...[401, 'token-invalid'],
    ]);
    expect((await ask('DELETE', '/v1/admin/tasks/tiny/participants/nobody')).status).toBe(400);
  });
});
