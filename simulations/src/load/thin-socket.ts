/**
 * A socket.io client of a few hundred bytes, for load: a TCP connection that speaks as much of
 * WebSocket (RFC 6455), engine.io 4 and socket.io 5 as a client of the federation needs. Ten thousand
 * of them and their traffic then leave the machine to the coordinator that is measured.
 */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { FEDERATION_NAMESPACE, FederationError, PROTOCOL_VERSION } from '@fedhybnn/shared';
import { FrameReader, frameOf, OPCODES } from './websocket-frames.js';

export interface ThinSocketOptions {
  readonly port: number;
  readonly token: string;
  readonly onEvent?: (event: string, message: unknown) => void;
  /** The connection is over, whoever ended it. */
  readonly onClose?: () => void;
}

const EVENT = `42${FEDERATION_NAMESPACE},`;
const ACK = `43${FEDERATION_NAMESPACE},`;
const CONNECTED = `40${FEDERATION_NAMESPACE},`;
const REFUSED = `44${FEDERATION_NAMESPACE},`;

export class ThinSocket {
  private readonly reader = new FrameReader((opcode, payload) => this.onFrame(opcode, payload));
  private readonly acks = new Map<number, (answer: unknown) => void>();
  private nextAck = 0;
  private upgraded = false;
  private head: Buffer = Buffer.alloc(0);
  private settle: { resolve: () => void; reject: (cause: Error) => void } | undefined;

  private constructor(
    private readonly tcp: Socket,
    private readonly options: ThinSocketOptions,
  ) {
    tcp.setNoDelay(true);
    tcp.on('data', (bytes: Buffer) => this.onData(bytes));
    tcp.on('error', () => {});
    tcp.on('close', () => {
      this.settle?.reject(new FederationError('coordinator-unreachable', 'the socket was closed'));
      options.onClose?.();
    });
  }

  /** Connected and accepted by the coordinator when it resolves. */
  static async open(options: ThinSocketOptions): Promise<ThinSocket> {
    const tcp = connect(options.port, '127.0.0.1');
    const socket = new ThinSocket(tcp, options);
    const accepted = new Promise<void>((resolve, reject) => {
      socket.settle = { resolve, reject };
    });
    tcp.write(upgradeRequest(options.port));
    await accepted;
    socket.settle = undefined;
    return socket;
  }

  emit(event: string, message: unknown): Promise<unknown> {
    return this.acked((id) => {
      this.send(OPCODES.text, Buffer.from(`${EVENT}${id}${JSON.stringify([event, message])}`));
    });
  }

  /** An event with one binary attachment. */
  emitBinary(event: string, message: unknown, attachment: Uint8Array): Promise<unknown> {
    return this.acked((id) => {
      const parts = [event, message, { _placeholder: true, num: 0 }];
      const text = `451-${FEDERATION_NAMESPACE},${id}${JSON.stringify(parts)}`;
      this.tcp.cork();
      this.send(OPCODES.text, Buffer.from(text));
      this.send(OPCODES.binary, attachment);
      this.tcp.uncork();
    });
  }

  close(): void {
    this.tcp.destroy();
  }

  private acked(send: (id: number) => void): Promise<unknown> {
    return new Promise((resolve) => {
      const id = this.nextAck++;
      this.acks.set(id, resolve);
      send(id);
    });
  }

  private send(opcode: number, payload: Uint8Array): void {
    for (const piece of frameOf(opcode, payload)) this.tcp.write(piece);
  }

  private onData(bytes: Buffer): void {
    if (this.upgraded) {
      this.reader.push(bytes);
      return;
    }
    this.head = Buffer.concat([this.head, bytes]);
    const end = this.head.indexOf('\r\n\r\n');
    if (end < 0) return;
    if (!this.head.toString('latin1', 0, 12).endsWith(' 101')) {
      const status = this.head.toString('latin1', 0, this.head.indexOf('\r\n'));
      this.settle?.reject(new FederationError('coordinator-unreachable', status));
      this.tcp.destroy();
      return;
    }
    this.upgraded = true;
    const rest = this.head.subarray(end + 4);
    this.head = Buffer.alloc(0);
    if (rest.length > 0) this.reader.push(rest);
  }

  private onFrame(opcode: number, payload: Buffer): void {
    if (opcode === OPCODES.close) this.tcp.destroy();
    if (opcode !== OPCODES.text) return;
    const text = payload.toString('utf8');
    if (text.startsWith('0')) {
      const auth = { token: this.options.token, protocol: PROTOCOL_VERSION };
      this.send(OPCODES.text, Buffer.from(`${CONNECTED}${JSON.stringify(auth)}`));
    } else if (text === '2') {
      this.send(OPCODES.text, Buffer.from('3'));
    } else if (text.startsWith(CONNECTED)) {
      this.settle?.resolve();
    } else if (text.startsWith(REFUSED)) {
      this.settle?.reject(new FederationError('token-invalid', text.slice(REFUSED.length)));
    } else if (text.startsWith(EVENT)) {
      const [event, message] = JSON.parse(text.slice(EVENT.length)) as [string, unknown];
      this.options.onEvent?.(event, message);
    } else if (text.startsWith(ACK)) {
      const from = text.indexOf('[');
      const id = Number(text.slice(ACK.length, from));
      const [answer] = JSON.parse(text.slice(from)) as [unknown];
      this.acks.get(id)?.(answer);
      this.acks.delete(id);
    }
  }
}

/** What turns a TCP connection into an engine.io WebSocket. */
export function upgradeRequest(port: number): string {
  return [
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    '\r\n',
  ].join('\r\n');
}
