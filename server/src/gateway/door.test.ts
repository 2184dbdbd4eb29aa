import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { FEDERATION_NAMESPACE, PROTOCOL_VERSION } from '@fedhybnn/shared';
import { io, Manager, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CoordinatorOptions, type RunningCoordinator, startCoordinator } from '../start.js';
import { join, tinyExtractor, tinyTask, until } from '../testing/tiny-federation.js';

const task = tinyTask();
let data: string;
let running: RunningCoordinator;
const sockets: Socket[] = [];
beforeEach(() => {
  data = mkdtempSync(joinPath(tmpdir(), 'fedhybnn-door-'));
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.disconnect();
  await running.close();
  rmSync(data, { recursive: true, force: true });
});

async function start(options: Partial<CoordinatorOptions>): Promise<void> {
  running = await startCoordinator({ data, port: 0, ...options });
  await running.createTask(task, { extractor: tinyExtractor });
}

/** Whether a page of a site, or a program without one, gets its socket. */
async function enters(client: string, headers: Record<string, string> = {}): Promise<boolean> {
  // The same key: whoever was refused asks again.
  const { token } = await join(running.url, task, client, { key: '0'.repeat(32) });
  const socket = io(`${running.url}${FEDERATION_NAMESPACE}`, {
    auth: { token, protocol: PROTOCOL_VERSION },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    extraHeaders: headers,
  });
  sockets.push(socket);
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('connect_error', () => resolve(false));
  });
}

describe('the door', () => {
  it('opens to programs, to pages from here and of allowed sites, and to no others', async () => {
    await start({ allowOrigins: ['https://lab.example.org'] });
    expect(await enters('a')).toBe(true);
    expect(await enters('b', { origin: running.url })).toBe(true);
    expect(await enters('c', { origin: 'https://lab.example.org' })).toBe(true);
    expect(await enters('d', { origin: 'https://evil.example' })).toBe(false);
    expect(await enters('e', { origin: 'null' })).toBe(false);
  });

  it('lets an address have its share of sockets, and a new one when one is closed', async () => {
    await start({ limits: { socketsPerAddress: 2 } });
    expect(await enters('a')).toBe(true);
    expect(await enters('b')).toBe(true);
    expect(await enters('c')).toBe(false);
    sockets[0].disconnect();
    await until(() => enters('c'), 'a place for c');
  });

  it('counts whom a trusted proxy names, each by itself', async () => {
    await start({ limits: { socketsPerAddress: 1 }, trustProxies: ['loopback'] });
    const behind = (address: string) => ({ 'x-forwarded-for': address });
    expect(await enters('a', behind('192.0.2.1'))).toBe(true);
    expect(await enters('b', behind('192.0.2.1'))).toBe(false);
    expect(await enters('c', behind('192.0.2.2'))).toBe(true);
  });

  it('counts sockets that never show a token, too', async () => {
    await start({ limits: { sockets: 1 } });
    const silent = new Manager(running.url, { transports: ['websocket'], autoConnect: false });
    await new Promise<void>((resolve) => silent.open(() => resolve()));
    expect(await enters('a')).toBe(false);
    silent.engine.close();
    await until(() => enters('a'), 'the place of the silent one');
  });
});

describe('pages of other sites', () => {
  it('may join where they are allowed, and are told so by CORS', async () => {
    await start({ allowOrigins: ['https://lab.example.org'] });
    const ask = (origin: string, method: string, path: string) =>
      fetch(running.url + path, {
        method,
        headers: { origin, 'content-type': 'application/json' },
        ...(method === 'POST' && {
          body: JSON.stringify({ protocol: PROTOCOL_VERSION, task: 'tiny' }),
        }),
      });
    const allowed = await ask('https://lab.example.org', 'POST', '/v1/join');
    expect(allowed.status).toBe(200);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://lab.example.org');
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
    const asked = await ask('https://lab.example.org', 'OPTIONS', '/v1/join');
    expect([asked.status, asked.headers.get('access-control-allow-methods')]).toEqual([
      ...[204, 'GET, POST, PUT, PATCH, DELETE'],
    ]);
    const foreign = await ask('https://evil.example', 'POST', '/v1/join');
    expect([foreign.status, ((await foreign.json()) as { code: string }).code]).toEqual([
      ...[403, 'origin-refused'],
    ]);
    const reading = await ask('https://evil.example', 'GET', '/v1/tasks');
    // Answered, but no browser hands it to the page.
    expect(reading.headers.get('access-control-allow-origin')).toBeNull();
    expect(reading.headers.get('vary')).toContain('Origin');
  });
});
