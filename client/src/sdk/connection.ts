/** One socket to the coordinator: typed, checked at the edge, each request answered in time. */
import {
  type ClientEvents,
  errorBodySchema,
  FEDERATION_NAMESPACE,
  FederationError,
  PROTOCOL_VERSION,
  parse,
  type Receipt,
  type Reply,
  type RoundClosed,
  type RoundGathering,
  type RoundOpen,
  receiptSchema,
  replySchema,
  roundClosedSchema,
  roundGatheringSchema,
  roundOpenSchema,
  type ServerEvents,
  type UpdateHeader,
} from '@fedhybnn/shared';
import { io, type Socket } from 'socket.io-client';
import * as z from 'zod/mini';
import { unlessAborted } from './waiting.js';

export interface ConnectionOptions {
  readonly base: string;
  readonly token: string;
  readonly signal: AbortSignal;
  /** Longest wait for the handshake and for each answer. Milliseconds. */
  readonly answerMs: number;
  readonly onRoundOpen: (message: RoundOpen) => void;
  readonly onRoundClosed: (message: RoundClosed) => void;
  readonly onRoundGathering: (message: RoundGathering) => void;
  readonly onEnded: () => void;
  /** A message that does not fit the protocol. */
  readonly onInvalid: (error: FederationError) => void;
}

/** Why a connection is no more, and when the coordinator wants to be called again, if it said so. */
export interface Disconnection {
  readonly error: FederationError;
  readonly comeBackMs?: number;
}

const readyReplySchema = replySchema(z.object({ round: z.int() }));
const updateReplySchema = replySchema(receiptSchema);
const leaveReplySchema = replySchema(z.object({}));
const comeBackSchema = z.object({ afterMs: z.number().check(z.gte(0)) });

export class Connection {
  /** Resolves when the connection is lost or closed. */
  readonly closed: Promise<Disconnection>;

  private constructor(
    private readonly socket: Socket<ServerEvents, ClientEvents>,
    private readonly options: ConnectionOptions,
  ) {
    this.closed = new Promise((resolve) => {
      let comeBackAt: number | undefined;
      socket.on('come-back', (message) => {
        const wait = this.checked(comeBackSchema, message, 'come-back')?.afterMs;
        comeBackAt = wait === undefined ? undefined : performance.now() + wait;
      });
      // Now it is wanted after all.
      socket.on('round:open', () => {
        comeBackAt = undefined;
      });
      socket.on('disconnect', (reason) => {
        const error = lost(options.base, reason);
        if (comeBackAt === undefined) resolve({ error });
        else resolve({ error, comeBackMs: Math.max(0, comeBackAt - performance.now()) });
      });
    });
    socket.on('round:open', (message) => {
      const open = this.checked(roundOpenSchema, message, 'round:open');
      if (open) options.onRoundOpen(open);
    });
    socket.on('round:closed', (message) => {
      const closed = this.checked(roundClosedSchema, message, 'round:closed');
      if (closed) options.onRoundClosed(closed);
    });
    socket.on('round:gathering', (message) => {
      const gathering = this.checked(roundGatheringSchema, message, 'round:gathering');
      if (gathering) options.onRoundGathering(gathering);
    });
    socket.on('federation:ended', () => options.onEnded());
  }

  /**
   * Connects. Nobody reconnects behind the caller's back.
   * @throws FederationError the coordinator's refusal, or `coordinator-unreachable`
   */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const { base, token, answerMs, signal } = options;
    const socket: Socket<ServerEvents, ClientEvents> = io(base + FEDERATION_NAMESPACE, {
      auth: { token, protocol: PROTOCOL_VERSION },
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      forceNew: true,
      autoConnect: false,
      reconnection: false,
      timeout: answerMs,
    });
    const connection = new Connection(socket, options);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const connected = new Promise<void>((resolve, reject) => {
      socket.on('connect', resolve);
      socket.on('connect_error', (cause) => reject(refusal(base, cause)));
      // The socket's own limit does not cover a coordinator that never answers the handshake.
      timer = setTimeout(() => reject(lost(base, 'no answer to the handshake')), 2 * answerMs);
    });
    try {
      socket.connect();
      await unlessAborted(connected, signal);
      return connection;
    } catch (thrown) {
      socket.disconnect();
      throw thrown;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Declares that this client wants to take part; returns the number of published rounds. */
  async ready(): Promise<number> {
    const answer = this.request().emitWithAck('ready', {});
    return (await this.answered('ready', readyReplySchema, answer)).round;
  }

  /** Resolves when the update is committed. @throws FederationError the refusal */
  async update(header: UpdateHeader, frame: Uint8Array): Promise<Receipt> {
    const answer = this.request().emitWithAck('update', header, frame);
    return this.answered('update', updateReplySchema, answer);
  }

  /** Says goodbye, so that nobody waits for this client. */
  async leave(): Promise<void> {
    await this.answered('leave', leaveReplySchema, this.request().emitWithAck('leave', {}));
  }

  close(): void {
    this.socket.disconnect();
  }

  private request() {
    // A socket that is down would keep the message for a reconnection that never comes.
    if (!this.socket.connected) throw lost(this.options.base, 'the socket is closed');
    return this.socket.timeout(this.options.answerMs);
  }

  private async answered<T>(
    what: string,
    schema: z.ZodMiniType<Reply<T>>,
    answer: Promise<unknown>,
  ): Promise<T> {
    // A socket that notices only now that it is dead, as after a device slept, keeps the message for
    // a reconnection: no answer will come, and nobody needs to wait for it.
    const gone = this.closed.then(({ error }) => {
      throw error;
    });
    const value = await Promise.race([answer, gone]).catch((cause) => {
      throw cause instanceof FederationError ? cause : lost(this.options.base, messageOf(cause));
    });
    const reply = parse(schema, value, `answer to ${what}`);
    if ('error' in reply) throw new FederationError(reply.error.code, reply.error.message);
    return reply.ok;
  }

  private checked<T>(schema: z.ZodMiniType<T>, message: unknown, what: string): T | undefined {
    try {
      return parse(schema, message, `message ${what} of the coordinator`);
    } catch (thrown) {
      this.options.onInvalid(FederationError.from(thrown));
      return undefined;
    }
  }
}

/** The coordinator's own refusal travels in `data`; anything else is the network. */
function refusal(base: string, cause: Error & { data?: unknown }): FederationError {
  const body = z.safeParse(errorBodySchema, cause.data);
  if (body.success) return new FederationError(body.data.code, body.data.message);
  return lost(base, cause.message, cause);
}

function lost(base: string, why: string, cause?: unknown): FederationError {
  return new FederationError(
    'coordinator-unreachable',
    `no connection to ${base} (${why}); check the network and that the coordinator runs`,
    { cause },
  );
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
