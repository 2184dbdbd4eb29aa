/** For tests: bytes on a socket as no HTTP client would send them. */
import { createConnection, type Socket } from 'node:net';

export interface RawConnection {
  readonly socket: Socket;
  /** Everything that has come so far, as Latin-1. */
  readonly received: () => string;
  /** When the connection is over, whoever ended it. */
  readonly closed: Promise<void>;
}

/** @param url of the coordinator */
export async function rawConnection(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = createConnection(Number(port), hostname);
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  // A reset is an end, too.
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return { socket, received: () => received, closed };
}

/** Sends bytes, and returns all that is answered until the coordinator ends the connection. */
export async function rawAnswer(url: string, bytes: string | Uint8Array): Promise<string> {
  const { socket, received, closed } = await rawConnection(url);
  socket.write(bytes);
  await closed;
  return received();
}

/** A GET of exactly this path, whatever is in it. */
export function rawGet(url: string, path: string): Promise<string> {
  const head = `GET ${path} HTTP/1.1\r\nHost: ${new URL(url).host}\r\nConnection: close\r\n\r\n`;
  return rawAnswer(url, Buffer.from(head, 'latin1'));
}

/** The status of an answer; 0 where there is none. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}
