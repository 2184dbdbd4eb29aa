/** A TCP proxy before a coordinator that is as slow as a phone's network, and counts what passes. */
import { once } from 'node:events';
import {
  type AddressInfo,
  createConnection,
  createServer,
  type Server,
  type Socket,
} from 'node:net';

export interface LineSpeed {
  /** Bits a second, shared by all connections. */
  readonly down: number;
  readonly up: number;
  readonly roundTripMs: number;
}

/** “Fast 3G”, as the developer tools of Chromium call it. */
export const FAST_3G: LineSpeed = { down: 1.6e6, up: 750e3, roundTripMs: 150 };

/** Pieces take turns, as packets do, so that no connection waits for all of another's. Bytes. */
const PIECE = 4096;

export class SlowLine {
  /** Bytes that have come to the page so far, headers included. */
  received = 0;
  private readonly sockets = new Set<Socket>();
  /** When each direction is free again. Milliseconds of `performance.now()`. */
  private readonly free = { down: 0, up: 0 };

  private constructor(
    private readonly server: Server,
    private readonly speed: LineSpeed | undefined,
  ) {}

  /** @param speed without one it only counts */
  static async open(target: number, speed?: LineSpeed): Promise<SlowLine> {
    const server = createServer({ allowHalfOpen: true });
    const line = new SlowLine(server, speed);
    server.on('connection', (client) => line.connect(client, target));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private connect(client: Socket, target: number): void {
    const upstream = createConnection({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.once('close', () => {
        this.sockets.delete(socket);
        if (socket.errored === null) return;
        client.destroy();
        upstream.destroy();
      });
    }
    // A connection is there after a round trip, which loopback does not take.
    this.forward(client, upstream, 'up', this.speed?.roundTripMs ?? 0);
    this.forward(upstream, client, 'down', 0);
  }

  private forward(from: Socket, to: Socket, way: 'down' | 'up', openingMs: number): void {
    let notBefore = performance.now() + openingMs;
    const pass = (bytes: number, deliver: () => void) => {
      if (this.speed === undefined) return deliver();
      const now = performance.now();
      const begin = Math.max(now, this.free[way]);
      this.free[way] = begin + (8000 * bytes) / this.speed[way];
      notBefore = Math.max(notBefore, this.free[way] + this.speed.roundTripMs / 2);
      setTimeout(deliver, notBefore - now);
    };
    from.on('data', (chunk) => {
      for (let at = 0; at < chunk.length; at += PIECE) {
        const piece = chunk.subarray(at, at + PIECE);
        pass(piece.length, () => {
          if (way === 'down') this.received += piece.length;
          if (to.writable) to.write(piece);
        });
      }
    });
    from.once('end', () => pass(0, () => to.end()));
  }
}
