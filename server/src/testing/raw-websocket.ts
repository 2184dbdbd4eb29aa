/** For tests: a WebSocket client that sends any frame (RFC 6455), right or wrong. */
import { randomBytes } from 'node:crypto';
import { type RawConnection, rawConnection } from './raw-http.js';

export interface RawFrame {
  /** 1 text, 2 binary, 8 close, 9 ping, 10 pong. */
  readonly opcode: number;
  readonly payload: string | Uint8Array;
  /** Last frame of its message; default true. */
  readonly last?: boolean;
  /** As clients must; default true. */
  readonly masked?: boolean;
  /** RSV1 to RSV3; default 0. */
  readonly reserved?: number;
  /** What the header says, whatever the payload is; as 8 bytes. */
  readonly length?: bigint;
}

/** The bytes of a frame. */
export function rawFrame({
  opcode,
  payload,
  last = true,
  masked = true,
  reserved = 0,
  length,
}: RawFrame): Buffer {
  const body = Buffer.from(payload as Uint8Array);
  const mask = masked ? Buffer.from([1, 2, 3, 4]) : Buffer.alloc(0);
  const declared = length ?? BigInt(body.length);
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(declared);
  const short = length === undefined && body.length < 126;
  const head = Buffer.from([
    (last ? 0x80 : 0) | (reserved << 4) | opcode,
    (masked ? 0x80 : 0) | (short ? body.length : 127),
  ]);
  const coded = masked ? body.map((byte, i) => byte ^ mask[i & 3]) : body;
  return Buffer.concat([head, short ? Buffer.alloc(0) : size, mask, coded]);
}

/** A connection after the WebSocket handshake of engine.io, before anything of socket.io. */
export async function rawWebSocket(url: string): Promise<RawConnection> {
  const connection = await rawConnection(url);
  const key = randomBytes(16).toString('base64');
  connection.socket.write(
    `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  );
  // Packet 0 of engine.io: the session is open.
  while (!connection.received().includes('"sid"')) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (connection.socket.destroyed) throw new Error(`no WebSocket: ${connection.received()}`);
  }
  return connection;
}
