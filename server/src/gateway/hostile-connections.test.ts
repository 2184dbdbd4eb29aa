/** Whatever comes over a socket, the coordinator goes on with the clients that behave. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { deriveSeed, Random } from '@fedhybnn/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningCoordinator, startCoordinator } from '../start.js';
import { type RawConnection, rawAnswer, rawConnection, statusOf } from '../testing/raw-http.js';
import { type RawFrame, rawFrame, rawWebSocket } from '../testing/raw-websocket.js';
import {
  join,
  tinyExtractor,
  tinyTask,
  until,
  type VotingClient,
  votingClient,
} from '../testing/tiny-federation.js';
import { verifyFolder } from '../verify-folder.js';

const task = tinyTask();
let data: string;
let running: RunningCoordinator;
let clients: VotingClient[] = [];

beforeEach(async () => {
  data = mkdtempSync(joinPath(tmpdir(), 'fedhybnn-hostile-'));
  running = await startCoordinator({ data, port: 0 });
  await running.createTask(task, { extractor: tinyExtractor });
});
afterEach(async () => {
  for (const { socket } of clients) socket.disconnect();
  clients = [];
  await running.close();
  rmSync(data, { recursive: true, force: true });
});

/** Three honest clients play the federation to its end, and every update is in the journal. */
async function expectHonestRounds(): Promise<void> {
  clients = await Promise.all(['a', 'b', 'c'].map((id) => votingClient(running.url, task, id)));
  await until(() => running.allEnded(), 'the end');
  expect(clients.flatMap(({ errors }) => errors)).toEqual([]);
  expect(await verifyFolder(data)).toMatchObject([{ rounds: 3, updates: 9, waiting: 0 }]);
}

/** What was sent is answered, dropped, or the end: a ping behind it is answered, or a close comes. */
async function expectSettled({ socket, received }: RawConnection, what: string): Promise<void> {
  socket.write(rawFrame({ opcode: 9, payload: 'p' }));
  const settled = () =>
    socket.destroyed || ['\u008a\u0001p', '\u0088'].some((frame) => received().includes(frame));
  await until(settled, JSON.stringify(what.slice(0, 80)), 10_000);
  socket.destroy();
}

const random = new Random(deriveSeed(11, 'garbage'));
const garbage = (length: number) => Uint8Array.from({ length }, () => random.below(256));

const MALFORMED_HTTP = [
  '\r\n\r\n\r\n',
  'GET\r\n\r\n',
  'GET / HTTP/9.9\r\nHost: x\r\n\r\n',
  'GET / HTTP/1.1\r\n\r\n',
  `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`,
  `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  'POST /v1/join HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
  'POST /v1/join HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n',
  'POST /v1/join HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'POST /v1/join HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n',
  'POST /v1/join HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\nzz\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\nX: a\u0000b\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\n X: folded\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
];

const CLOSING_FRAMES: readonly [string, RawFrame][] = [
  ['an unmasked frame', { opcode: 1, payload: '40', masked: false }],
  ['a reserved opcode', { opcode: 3, payload: 'x' }],
  ['a reserved bit', { opcode: 1, payload: 'x', reserved: 4 }],
  ['a fragmented ping', { opcode: 9, payload: 'x', last: false }],
  ['a ping of 200 bytes', { opcode: 9, payload: 'x'.repeat(200) }],
  ['a continuation of nothing', { opcode: 0, payload: 'x' }],
  ['text that is not UTF-8', { opcode: 1, payload: Uint8Array.of(0x34, 0xff, 0xfe, 0xc0) }],
  ['a close of one byte', { opcode: 8, payload: Uint8Array.of(1) }],
  ['a frame that says 2⁶³ bytes', { opcode: 2, payload: 'x', length: 2n ** 63n }],
  ['a frame that says 1 GiB', { opcode: 2, payload: 'x', length: 2n ** 30n }],
  ['a message of a megabyte', { opcode: 1, payload: `4${'x'.repeat(1 << 20)}` }],
];

const NAMESPACE = '/federation,';
/** Packets of engine.io (their first character) and, within 4, of socket.io. */
const PACKETS: readonly string[] = [
  ...['', '9', '0', 'x', '6', '3probe', '5', '4', '49', '4x', '4{', '40', '41', '43', '44'],
  ...[`40${NAMESPACE}`, `40${NAMESPACE}{`, `40${NAMESPACE}[]`, `40${NAMESPACE}null`],
  ...[`40${NAMESPACE}{"token":5}`, `40${NAMESPACE}{"token":{"$gt":""},"protocol":1}`],
  ...[
    `40${NAMESPACE}{"__proto__":{"token":"x"}}`,
    '40/nowhere,{}',
    '40/,{"token":"x"}',
    '40__proto__,',
  ],
  ...[
    '42["ready"]',
    '42{}',
    '42[]',
    '42[5]',
    '42["connect"]',
    '42["disconnecting"]',
    '42["error",1]',
  ],
  ...[`42${NAMESPACE}["update",{},null]`, `43${NAMESPACE}999999999999[]`, '43-1[]', '421e9["x"]'],
  ...[
    '451-["update"]',
    '45999999999-["x"]',
    '45-["x"]',
    '451-["x",{"_placeholder":true,"num":-1}]',
  ],
  ...['451-["x",{"_placeholder":true,"num":99}]', '46', '461-[]', '44"x"', '44{}'],
  ...[
    `42${'['.repeat(30_000)}`,
    `40${NAMESPACE}{"a":${'['.repeat(30_000)}`,
    `4${'2'.repeat(5000)}`,
  ],
];

describe('the coordinator goes on after', () => {
  it('garbage instead of HTTP', async () => {
    for (const request of MALFORMED_HTTP) {
      const connection = await rawConnection(running.url);
      connection.socket.end(Buffer.from(request, 'latin1'));
      await connection.closed;
      const status = statusOf(connection.received());
      expect([request.slice(0, 80), status === 0 || (status >= 400 && status < 600)]).toEqual([
        request.slice(0, 80),
        true,
      ]);
    }
    await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const { socket, closed } = await rawConnection(running.url);
        socket.end(garbage(1 + i * 37));
        await closed;
      }),
    );
    await expectHonestRounds();
  });

  it.each(CLOSING_FRAMES)('%s, which ends its own connection', async (_name, frame) => {
    const { socket, closed } = await rawWebSocket(running.url);
    socket.write(rawFrame(frame));
    await closed;
    expect((await join(running.url, task, 'honest')).client).toBe('honest');
  });

  it('packets that are not of engine.io or socket.io, and frames of noise', async () => {
    for (const packet of PACKETS) {
      const connection = await rawWebSocket(running.url);
      const { socket } = connection;
      socket.write(rawFrame({ opcode: 1, payload: packet }));
      socket.write(rawFrame({ opcode: 2, payload: garbage(40) }));
      await expectSettled(connection, packet);
    }
    await expectHonestRounds();
  });

  it('the same packets behind a token', async () => {
    for (const [i, packet] of PACKETS.entries()) {
      const { token } = await join(running.url, task, `hostile-${i}`);
      const connection = await rawWebSocket(running.url);
      const { socket, received } = connection;
      const auth = JSON.stringify({ token, protocol: 1 });
      socket.write(rawFrame({ opcode: 1, payload: `40${NAMESPACE}${auth}` }));
      await until(() => received().includes(`40${NAMESPACE}`), 'the namespace');
      socket.write(rawFrame({ opcode: 1, payload: packet }));
      for (const event of ['["update",{},{"_placeholder":true,"num":0}]', '["ready",{}]']) {
        socket.write(rawFrame({ opcode: 1, payload: `451-${NAMESPACE}7${event}` }));
        socket.write(rawFrame({ opcode: 2, payload: garbage(200) }));
      }
      await expectSettled(connection, packet);
    }
    await until(async () => {
      const { ready } = await (await fetch(`${running.url}/v1/tasks/tiny`)).json();
      return ready === 0;
    }, 'the hostile clients to be gone');
  });

  it('upgrades and polls that are wrong', async () => {
    const upgrade = (path: string, more: string) =>
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${more}\r\n`;
    const key = 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';
    const version = 'Sec-WebSocket-Version: 13\r\n';
    const io = '/socket.io/?EIO=4&transport=websocket';
    const refused = [
      upgrade('/', key + version),
      upgrade('/v1/tasks', key + version),
      upgrade(io, version),
      upgrade(io, `Sec-WebSocket-Key: x\r\n${version}`),
      upgrade(io, `${key}Sec-WebSocket-Version: 99\r\n`),
      upgrade('/socket.io/?EIO=4&transport=carrier-pigeon', key + version),
      upgrade(`${io}&sid=nobody`, key + version),
      upgrade('/socket.io/?EIO=3&transport=websocket', key + version),
    ];
    for (const request of refused) {
      const { socket, received, closed } = await rawConnection(running.url);
      socket.write(request);
      await Promise.race([closed, until(() => received() !== '', request)]);
      expect(received()).not.toMatch(/^HTTP\/1\.1 5|"sid"/);
      socket.destroy();
    }
    for (const body of ['', '9', `4${'x'.repeat(1 << 20)}`, 'b!!!', '\u001e\u001e']) {
      const reply = await fetch(`${running.url}/socket.io/?EIO=4&transport=polling&sid=x`, {
        ...{ method: 'POST', body },
      });
      expect(reply.status).toBe(400);
      await reply.text();
    }
    const answer = await rawAnswer(
      running.url,
      'GET /socket.io/?EIO=4&transport=polling&j=%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(statusOf(answer)).toBeLessThan(500);
    await expectHonestRounds();
  });
});

describe('a coordinator that stops', () => {
  it('does not wait for those who do not answer its goodbye', async () => {
    const silent = await Promise.all([1, 2, 3].map(() => rawWebSocket(running.url)));
    const late = new Promise<string>((resolve) => {
      setTimeout(() => resolve('still there'), 20_000).unref();
    });
    // The WebSocket library would wait 30 s for the answer to its close frame.
    expect(await Promise.race([running.close().then(() => 'stopped'), late])).toBe('stopped');
    await Promise.all(silent.map(({ closed }) => closed));
  });
});
