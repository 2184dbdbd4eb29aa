/** Who may open a socket at all: pages of known sites, and no address more than its share. */
import type { IncomingMessage } from 'node:http';
import type { ServerOptions } from 'socket.io';
import { addressOf, limitKey, type TrustedProxies } from '../security/address.js';
import type { SocketCount } from '../security/limits.js';
import { foreignOrigin, originOf } from '../security/origin.js';

export interface DoorSettings {
  readonly sockets: SocketCount;
  readonly trusted: TrustedProxies;
  readonly origins: ReadonlySet<string>;
}

export interface Door {
  readonly mayEnter: NonNullable<ServerOptions['allowRequest']>;
  readonly cors: NonNullable<ServerOptions['cors']>;
  /** Counts a socket until the function that it returns is called. */
  readonly enter: (request: IncomingMessage) => () => void;
}

export function createDoor({ sockets, trusted, origins }: DoorSettings): Door {
  const keyOf = (request: IncomingMessage) => limitKey(addressOf(request, trusted));
  return {
    mayEnter(request, answer) {
      const byProxy = trusted(request.socket.remoteAddress ?? '', 0);
      if (originOf(request, origins, byProxy) === 'foreign') {
        answer(foreignOrigin(request).message, false);
        return;
      }
      // Later requests of a socket that is counted already bear its id.
      const opens = !/[?&]sid=/.test(request.url ?? '');
      const refusal = opens ? sockets.refusal(keyOf(request)) : null;
      if (refusal === null) answer(null, true);
      else answer(refusal, false);
    },
    cors: { origin: [...origins] },
    enter: (request) => sockets.add(keyOf(request)),
  };
}

interface Engine {
  on(event: 'connection', listener: (socket: EngineSocket) => void): unknown;
}

interface EngineSocket {
  readonly request: IncomingMessage;
  once(event: 'close', listener: () => void): unknown;
}

/** Counts every socket, whether it ever shows a token or not. */
export function watchDoor(engine: Engine, door: Door): void {
  engine.on('connection', (socket) => {
    socket.once('close', door.enter(socket.request));
  });
}
