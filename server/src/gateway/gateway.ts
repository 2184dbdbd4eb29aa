/**
 * The sockets of the federation: a namespace of small control messages, each answered. Whatever a
 * client sends, it gets an answer or nothing happens; the coordinator does not fall over it.
 */
import { randomBytes } from 'node:crypto';
import type { Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type ClientEvents,
  FEDERATION_NAMESPACE,
  FederationError,
  handshakeSchema,
  LIMITS,
  PROTOCOL_VERSION,
  parse,
  Random,
  type Reply,
  type ServerEvents,
  updateHeaderSchema,
} from '@fedhybnn/shared';
import type { Logger } from 'pino';
import { Server, type Socket } from 'socket.io';
import type { ClientLinks, Coordinator } from '../coordinator/coordinator.js';
import { returnWait } from '../coordinator/pacing.js';
import { wrongVersion } from '../http/join.js';
import { banned } from '../http/mount-routes.js';
import type { TokenClaims, Tokens } from '../security/tokens.js';
import { deviceClass } from './device-class.js';
import { type Door, watchDoor } from './door.js';

/** How long requests under way may take when the coordinator stops. */
const CLOSE_MS = 5000;
/** How long a socket may stay without a token. Milliseconds. */
const HANDSHAKE_MS = 10_000;
/** When clients may come back after a stop, at the earliest. Milliseconds. */
const RESTART_MS = 2000;

type FederationSocket = Socket<ClientEvents, ServerEvents, Record<string, never>, TokenClaims>;

export interface Gateway {
  readonly links: ClientLinks;
  /** How many sockets are connected. */
  connected(): number;
  /** Closes the socket of a client, if it has one. */
  disconnect(task: string, client: string): void;
  /** Asks everybody to come back later, and closes all sockets. */
  close(): Promise<void>;
}

export function createGateway(
  http: HttpServer,
  coordinator: Coordinator,
  tokens: Tokens,
  log: Logger,
  door: Door,
): Gateway {
  const io = new Server(http, {
    transports: ['websocket', 'polling'],
    perMessageDeflate: false,
    // The largest frame that may come this way, and room for its envelope.
    maxHttpBufferSize: LIMITS.socketUpdate + 4096,
    serveClient: false,
    connectTimeout: HANDSHAKE_MS,
    allowRequest: door.mayEnter,
    cors: door.cors,
  });
  watchDoor(io.engine, door);
  const upgraded = new Set<Duplex>();
  http.on('upgrade', (_request, socket) => {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
  });
  const namespace = io.of(FEDERATION_NAMESPACE) as ReturnType<
    typeof io.of
  > as import('socket.io').Namespace<
    ClientEvents,
    ServerEvents,
    Record<string, never>,
    TokenClaims
  >;
  /** The one live socket of each client. */
  const sockets = new Map<string, FederationSocket>();

  namespace.use(async (socket, next) => {
    try {
      const auth = parse(handshakeSchema, withToken(socket.handshake.auth), 'handshake');
      if (auth.protocol !== PROTOCOL_VERSION) throw wrongVersion(auth.protocol);
      const claims = await tokens.verify(auth.token);
      coordinator.federation(claims.task);
      if (await coordinator.store.access.isBanned(claims.task, claims.client)) {
        throw banned(claims.client);
      }
      Object.assign(socket.data, claims);
      next();
    } catch (thrown) {
      const error = FederationError.from(thrown);
      next(Object.assign(new Error(error.message), { data: error.toBody() }));
    }
  });

  namespace.on('connection', (socket: FederationSocket) => {
    const { task, client } = socket.data;
    const key = `${task}/${client}`;
    const federation = coordinator.federation(task);
    federation.activity.connected(client, deviceClass(socket.handshake.headers['user-agent']));
    socket.once('disconnect', () => federation.activity.gone(client));
    sockets.get(key)?.disconnect(true);
    sockets.set(key, socket);
    // The request of the handshake is not needed any more: 18 KB a socket.
    (socket.conn as { request?: unknown }).request = undefined;
    void socket.join(task);

    socket.on('ready', (...args: unknown[]) =>
      answer(log, args, () => ({ round: federation.ready(client) })),
    );
    socket.on('update', (...args: unknown[]) =>
      answer(log, args, async () => {
        const header = parse(updateHeaderSchema, args[0], 'update');
        return federation.submit(client, header, frameOf(args[1]));
      }),
    );
    socket.on('leave', (...args: unknown[]) =>
      answer(log, args, () => {
        federation.gone(client);
        return {};
      }),
    );
    socket.on('disconnect', () => {
      if (sockets.get(key) !== socket) return;
      sockets.delete(key);
      federation.gone(client);
    });
  });

  return {
    connected: () => sockets.size,
    disconnect: (task, client) => sockets.get(`${task}/${client}`)?.disconnect(true),
    links: {
      open: (task, client, message) => {
        sockets.get(`${task}/${client}`)?.emit('round:open', message);
      },
      closed: (task, message) => {
        namespace.to(task).emit('round:closed', message);
      },
      gathering: (task, message) => {
        namespace.to(task).emit('round:gathering', message);
      },
      rest: (task, client, afterMs) => {
        sockets.get(`${task}/${client}`)?.emit('come-back', { afterMs });
      },
      ended: (task, reason) => {
        namespace.to(task).emit('federation:ended', { task, reason });
      },
    },
    async close() {
      const random = new Random(randomBytes(16).toString('hex'));
      for (const socket of sockets.values()) {
        socket.emit('come-back', { afterMs: returnWait(RESTART_MS, sockets.size, random) });
      }
      // Neither a slow download nor a peer that is silent must keep the coordinator from stopping.
      const patience = setTimeout(() => {
        http.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }, CLOSE_MS);
      await io.close();
      clearTimeout(patience);
    },
  };
}

/** An absent token is its own error, not a schema's. */
function withToken(auth: unknown): unknown {
  if (typeof auth === 'object' && auth !== null && (auth as { token?: unknown }).token) return auth;
  throw new FederationError('token-missing', 'handshake: field "token" is missing; join first');
}

function frameOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new FederationError(
    'bad-request',
    'update: the second argument must be the frame, as binary',
  );
}

/** Answers the last argument if it is a function; an error is an answer too. */
function answer<T>(log: Logger, args: unknown[], work: () => T | Promise<T>): void {
  const last = args[args.length - 1];
  const reply = (value: Reply<T>) => {
    if (typeof last === 'function') last(value);
  };
  Promise.resolve()
    .then(work)
    .then(
      (ok) => reply({ ok }),
      (thrown) => {
        const error = FederationError.from(thrown);
        if (error.code === 'internal') log.error({ err: thrown }, 'a message failed');
        else log.debug({ code: error.code }, error.message);
        reply({ error: error.toBody() });
      },
    );
}
