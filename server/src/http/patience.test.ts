import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { LIMITS } from '@fedhybnn/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningCoordinator, startCoordinator } from '../start.js';
import { rawConnection, statusOf } from '../testing/raw-http.js';
import { connect, join, tinyExtractor, tinyTask } from '../testing/tiny-federation.js';
import { DEFAULT_PATIENCE, limitIdleTime, type Patience, patientOptions } from './patience.js';

const task = tinyTask();
let data: string;
let running: RunningCoordinator;

beforeEach(() => {
  data = mkdtempSync(joinPath(tmpdir(), 'fedhybnn-patience-'));
});
afterEach(async () => {
  await running.close();
  rmSync(data, { recursive: true, force: true });
});

async function start(patience: Partial<Patience>): Promise<string> {
  running = await startCoordinator({ data, port: 0, patience });
  await running.createTask(task, { extractor: tinyExtractor });
  return running.url;
}

const joinHead = (length: number) =>
  `POST /v1/join HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

describe('a connection', () => {
  it('whose headers come a byte at a time is closed, while others are served', async () => {
    const url = await start({ headersMs: 300, requestMs: 60_000, checkMs: 50 });
    const slow = await Promise.all(Array.from({ length: 20 }, () => rawConnection(url)));
    const head = `GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ${'x'.repeat(10_000)}`;
    let at = 0;
    const drip = setInterval(() => {
      for (const { socket } of slow) socket.write(head[at] ?? 'x');
      at++;
    }, 20);
    try {
      expect((await join(url, task, 'honest')).client).toBe('honest');
      await Promise.all(slow.map(({ closed }) => closed));
    } finally {
      clearInterval(drip);
    }
    expect(slow.map(({ received }) => statusOf(received()))).toEqual(Array(20).fill(408));
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('that says nothing is closed', async () => {
    const url = await start({ headersMs: 200, requestMs: 60_000, checkMs: 50 });
    const { closed } = await rawConnection(url);
    await closed;
  });

  it('whose body takes too long is closed', async () => {
    const url = await start({ headersMs: 200, requestMs: 400, checkMs: 50 });
    const { socket, received, closed } = await rawConnection(url);
    socket.write(joinHead(1000));
    const drip = setInterval(() => socket.write('{'), 20);
    await closed;
    clearInterval(drip);
    expect(statusOf(received())).toBe(408);
  });

  it('whose body stops is closed long before its time is over', async () => {
    const url = await start({ idleMs: 300, requestMs: 600_000 });
    const { socket, closed } = await rawConnection(url);
    socket.write(`${joinHead(1000)}{"protocol":1,`);
    await closed;
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('whose body comes in pieces, with pauses, is answered', async () => {
    const url = await start({ headersMs: 200, idleMs: 5000, checkMs: 50 });
    const { socket, received } = await rawConnection(url);
    const body = JSON.stringify({ protocol: 1, task: 'tiny', client: 'phone' });
    socket.write(joinHead(body.length));
    // In all longer than headers may take.
    for (let at = 0; at < body.length; at += 6) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      socket.write(body.slice(at, at + 6));
    }
    while (!received().includes('"client":"phone"')) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(statusOf(received())).toBe(200);
    socket.destroy();
  });
});

describe('a socket of the federation', () => {
  it('may be silent for longer than a request', async () => {
    const url = await start({ idleMs: 200, headersMs: 200, requestMs: 300, checkMs: 50 });
    const socket = connect(url, (await join(url, task, 'quiet')).token);
    const gone: string[] = [];
    socket.on('disconnect', (reason) => gone.push(reason));
    expect(await socket.timeout(5000).emitWithAck('ready', {})).toEqual({ ok: { round: 0 } });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await socket.timeout(5000).emitWithAck('leave', {})).toEqual({ ok: {} });
    expect(gone).toEqual([]);
    socket.disconnect();
  });
});

describe('the patience of a coordinator', () => {
  it('is set on the server, and lets the largest update through at 1 Mbit/s', async () => {
    await start({});
    const server = createServer(patientOptions(DEFAULT_PATIENCE));
    limitIdleTime(server, DEFAULT_PATIENCE);
    expect(server).toMatchObject({
      ...{ headersTimeout: 20_000, requestTimeout: 600_000, keepAliveTimeout: 65_000 },
      timeout: 120_000,
    });
    expect((DEFAULT_PATIENCE.requestMs / 1000) * 1_000_000).toBeGreaterThan(8 * LIMITS.update);
  });
});
