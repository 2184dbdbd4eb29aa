/**
 * For tests: a TCP proxy that behaves like a bad network. What happens to a connection is drawn from
 * the seed and its number, so that a run can be played again: the same connections have the same
 * faults, as far as their order is the same.
 */
import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { deriveSeed, Random } from '@fedhybnn/shared';

/** Shares of all connections, in sum at most 1; the rest is only slow. */
export interface FaultShares {
  /** Cut after some bytes, in whatever message that is. */
  readonly cut: number;
  /** Accepted, and nothing forwarded, in either direction, until it is closed. */
  readonly halfOpen: number;
  /** One direction stops after some bytes; the other goes on. */
  readonly deaf: number;
}

export interface FaultyProxyOptions {
  readonly target: number;
  readonly seed: number;
  readonly faults: FaultShares;
  /** Longest delay of a piece, and of a connection's begin: later ones may be served first. */
  readonly delayMs?: number;
  /** Longest piece: messages arrive in parts. Bytes. */
  readonly pieceBytes?: number;
}

export type Fault = 'none' | 'cut' | 'half-open' | 'deaf-up' | 'deaf-down';

export interface FaultyProxy {
  readonly url: string;
  /** The fault of each connection so far, in the order in which they came. */
  readonly faults: readonly Fault[];
  /** From now on nothing passes on the connections that are open, and nobody is told. */
  stall(): void;
  close(): Promise<void>;
}

/** Bytes of one direction before a cut or before deafness; a handshake takes some hundreds. */
const LEAST_BYTES = 100;
const MOST_BYTES = 1500;

export async function faultyProxy({
  target,
  seed,
  faults: shares,
  delayMs = 20,
  pieceBytes = 64,
}: FaultyProxyOptions): Promise<FaultyProxy> {
  const faults: Fault[] = [];
  const sockets = new Set<Socket>();
  const stalled = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    // A reset is an end like any other here.
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    socket.setNoDelay(true);
  };

  const server = createServer({ allowHalfOpen: false }, async (client) => {
    keep(client);
    const random = new Random(deriveSeed(seed, 'connection', faults.length));
    const fault = drawFault(random, shares);
    faults.push(fault);
    if (fault === 'half-open') {
      client.resume();
      return;
    }
    await pause(random.below(delayMs + 1));
    if (client.destroyed) return;
    const upstream = createConnection(target, '127.0.0.1');
    keep(upstream);
    const both = [client, upstream];
    for (const socket of both) {
      socket.once('close', () => {
        for (const other of both) other.destroy();
      });
    }
    const room = () => LEAST_BYTES + random.below(MOST_BYTES);
    const end = (quiet: boolean) => ({ after: room(), quiet });
    const isStalled = () => stalled.has(client);
    const pump = (from: Socket, to: Socket, limit?: Limit) =>
      forward(from, to, { random, delayMs, pieceBytes, limit, isStalled });
    void pump(client, upstream, limitOf(fault, 'deaf-up', end));
    void pump(upstream, client, limitOf(fault, 'deaf-down', end));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    stall() {
      for (const socket of sockets) stalled.add(socket);
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

interface Limit {
  /** Bytes. */
  readonly after: number;
  /** Whether nothing more passes, or the connection is cut. */
  readonly quiet: boolean;
}

interface Manner {
  readonly random: Random;
  readonly delayMs: number;
  readonly pieceBytes: number;
  readonly limit: Limit | undefined;
  readonly isStalled: () => boolean;
}

/** Forwards in pieces, each after a delay, in order. */
async function forward(from: Socket, to: Socket, manner: Manner): Promise<void> {
  const { random, delayMs, pieceBytes, limit, isStalled } = manner;
  let passed = 0;
  try {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length; ) {
        const piece = chunk.subarray(at, at + 1 + random.below(pieceBytes));
        at += piece.length;
        if (random.below(4) === 0) await pause(random.below(delayMs + 1));
        if (isStalled() || (limit?.quiet && passed >= limit.after)) continue;
        if (to.destroyed) return;
        to.write(piece);
        passed += piece.length;
        if (limit?.quiet === false && passed >= limit.after) {
          from.destroy();
          to.destroy();
          return;
        }
      }
    }
  } catch {
    // The connection broke, which its other side is told by `close`.
  }
}

function limitOf(fault: Fault, deaf: Fault, end: (quiet: boolean) => Limit): Limit | undefined {
  if (fault === 'cut') return end(false);
  return fault === deaf ? end(true) : undefined;
}

function drawFault(random: Random, { cut, halfOpen, deaf }: FaultShares): Fault {
  const at = random.unit();
  if (at < cut) return 'cut';
  if (at < cut + halfOpen) return 'half-open';
  if (at < cut + halfOpen + deaf) return random.below(2) === 0 ? 'deaf-up' : 'deaf-down';
  return 'none';
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
