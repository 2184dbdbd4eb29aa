/**
 * A flood of sockets without tokens. In turn they say nothing at all, ask for a WebSocket and then say
 * nothing, and send garbage. Whichever the coordinator closes comes again.
 */
import { connect, type Socket } from 'node:net';
import { deriveSeed, Random } from '@fedhybnn/shared';
import { upgradeRequest } from './thin-socket.js';
import { frameOf, OPCODES } from './websocket-frames.js';

/** How long one waits before it comes again. Milliseconds. */
const RETURN_MS = 1000;
/** Sockets opened at a time, so that the flood does not drown in its own beginning. */
const STEP = 50;

export class Flood {
  private readonly sockets = new Set<Socket>();
  private readonly random = new Random(deriveSeed(1, 'flood'));
  private over = false;
  /** Connections made so far. */
  connections = 0;

  constructor(private readonly port: number) {}

  /** Resolves when all are there for the first time. */
  async start(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      this.open(i);
      if (i % STEP === STEP - 1) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await new Promise((resolve) => setTimeout(resolve, RETURN_MS));
  }

  /** How many are connected now. */
  get connected(): number {
    return this.sockets.size;
  }

  stop(): void {
    this.over = true;
    for (const socket of this.sockets) socket.destroy();
  }

  private open(index: number): void {
    if (this.over) return;
    const socket = connect(this.port, '127.0.0.1');
    this.sockets.add(socket);
    socket.on('connect', () => {
      this.connections++;
      this.say(socket, index % 3);
    });
    socket.on('data', () => {});
    socket.on('error', () => {});
    socket.on('close', () => {
      this.sockets.delete(socket);
      if (!this.over) setTimeout(() => this.open(index), RETURN_MS).unref();
    });
  }

  private say(socket: Socket, kind: number): void {
    if (kind === 0) return;
    socket.write(upgradeRequest(this.port));
    if (kind === 1) return;
    socket.once('data', () => {
      const garbage = Buffer.alloc(1000);
      for (let i = 0; i < garbage.length; i++) garbage[i] = this.random.below(256);
      for (const piece of frameOf(OPCODES.text, garbage)) socket.write(piece);
    });
  }
}
