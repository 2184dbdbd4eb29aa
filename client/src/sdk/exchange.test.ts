import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Traffic } from './events.js';
import { decode, type ExchangeRequest, type ExchangeSettings, exchange } from './exchange.js';

let server: Server | undefined;

afterEach(() => {
  vi.useRealTimers();
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/x`;
}

/** A `fetch` whose answer comes piece by piece, as the test says. */
function slowBody() {
  let body: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      body = controller;
    },
  });
  return { body: body!, fetch: async () => new Response(stream) };
}

function send(
  request: Omit<ExchangeRequest, 'maxBytes'>,
  settings: Partial<ExchangeSettings> = {},
): Promise<Uint8Array> {
  return exchange(
    { maxBytes: 1000, ...request },
    {
      fetch,
      traffic: new Traffic(),
      signal: new AbortController().signal,
      silenceMs: 10_000,
      ...settings,
    },
  );
}

describe('exchange', () => {
  it('sends and receives bytes, and counts both', async () => {
    const url = await serve((request, response) => {
      const body: Buffer[] = [];
      request.on('data', (piece) => body.push(piece));
      request.on('end', () => response.end(`${request.method} ${Buffer.concat(body).length}`));
    });
    const traffic = new Traffic();
    const answer = await send({ url, method: 'PUT', body: new Uint8Array(70) }, { traffic });
    expect(decode(answer)).toBe('PUT 70');
    expect(traffic.count()).toEqual({ sent: 70, received: 6, updates: 0, models: 0 });
  });

  it('throws what the coordinator says', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(404).end('{"code":"unknown-task","message":"task x: not here"}');
    });
    await expect(send({ url })).rejects.toMatchObject({
      code: 'unknown-task',
      message: 'task x: not here',
    });
  });

  it.each([
    [502, 'coordinator-busy'],
    [429, 'coordinator-busy'],
    [404, 'bad-request'],
    [403, 'bad-request'],
  ])('understands status %i of something that is no coordinator as %s', async (status, code) => {
    const url = await serve((_request, response) => {
      response.writeHead(status).end('<html>Bad gateway</html>');
    });
    await expect(send({ url })).rejects.toMatchObject({ code });
  });

  it('names address and cause where nobody listens', async () => {
    const url = await serve(() => {});
    await new Promise((resolve) => server?.close(resolve));
    await expect(send({ url })).rejects.toMatchObject({
      code: 'coordinator-unreachable',
      message: expect.stringMatching(/^no answer from http:\/\/127\.0\.0\.1:\d+ \(.*ECONNREFUSED/),
    });
  });

  it('refuses an answer that is longer than can be right, without reading it all', async () => {
    const url = await serve((_request, response) => {
      const pour = () => {
        while (response.write(new Uint8Array(65_536)));
        response.once('drain', pour);
      };
      pour();
    });
    await expect(send({ url })).rejects.toMatchObject({ code: 'file-corrupt' });
  });

  it('gives up on a coordinator that never answers', async () => {
    const url = await serve(() => {});
    await expect(send({ url }, { silenceMs: 30 })).rejects.toMatchObject({
      code: 'coordinator-unreachable',
      message: expect.stringContaining('no sign of life for 0.03 s'),
    });
  });

  it('is patient as long as an answer keeps coming, however slowly', async () => {
    vi.useFakeTimers();
    const drip = slowBody();
    const whole = send({ url: 'http://a' }, { fetch: drip.fetch, silenceMs: 1000 });
    for (let piece = 0; piece < 10; piece++) {
      await vi.advanceTimersByTimeAsync(999);
      drip.body.enqueue(new Uint8Array(1));
    }
    drip.body.close();
    expect((await whole).length).toBe(10);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives up on an answer that stops coming', async () => {
    vi.useFakeTimers();
    const drip = slowBody();
    const whole = send({ url: 'http://a' }, { fetch: drip.fetch, silenceMs: 1000 });
    drip.body.enqueue(new Uint8Array(1));
    const failing = expect(whole).rejects.toMatchObject({ code: 'coordinator-unreachable' });
    await vi.advanceTimersByTimeAsync(1001);
    await failing;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with the reason of the signal', async () => {
    const controller = new AbortController();
    const url = await serve(() => controller.abort(new Error('enough')));
    await expect(send({ url }, { signal: controller.signal })).rejects.toThrow('enough');
  });
});
