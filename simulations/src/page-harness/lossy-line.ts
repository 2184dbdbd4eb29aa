/** A TCP proxy before a coordinator that is cut, or loses updates or their answers, when it is told to. */
import { once } from 'node:events';
import {
  type AddressInfo,
  createConnection,
  createServer,
  type Server,
  type Socket,
} from 'node:net';

/** What gets lost: nothing, what a WebSocket sends from its next update on, or what comes after it. */
export type Loss = 'nothing' | 'updates' | 'answers';

/** A chunk of a WebSocket that holds more is an update: all other messages are smaller. Bytes. */
const LARGEST_SMALL_MESSAGE = 2000;

export class LossyLine {
  loses: Loss = 'nothing';
  private isCut = false;
  private readonly sockets = new Set<Socket>();
  private readonly lost = new Set<() => void>();

  private constructor(private readonly server: Server) {}

  /** @param target port of the coordinator, on this machine */
  static async open(target: number): Promise<LossyLine> {
    const server = createServer();
    const line = new LossyLine(server);
    server.on('connection', (client) => line.connect(client, target));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Resolves when an update comes that is lost, or whose answer is. */
  struck(): Promise<void> {
    return new Promise((resolve) => {
      this.lost.add(resolve);
    });
  }

  /** Ends all connections, and every new one at once. */
  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.isCut = false;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.cut();
    await closed;
  }

  private connect(client: Socket, target: number): void {
    if (this.isCut) {
      client.destroy();
      return;
    }
    const upstream = createConnection(target, '127.0.0.1');
    const dead: Record<'up' | 'down', boolean> = { up: false, down: false };
    let isWebSocket = false;
    client.on('data', (chunk) => {
      isWebSocket ||= /^upgrade: websocket\r$/im.test(chunk.toString('latin1'));
      if (isWebSocket && this.loses !== 'nothing' && chunk.length > LARGEST_SMALL_MESSAGE) {
        dead[this.loses === 'updates' ? 'up' : 'down'] = true;
        for (const resolve of this.lost) resolve();
        this.lost.clear();
      }
      if (!dead.up) upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (!dead.down) client.write(chunk);
    });
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      // A reset is an end like any other here.
      socket.on('error', () => {});
      socket.once('close', () => {
        this.sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
  }
}
