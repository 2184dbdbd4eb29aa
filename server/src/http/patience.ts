/**
 * How long the HTTP server waits for whom. Without limits, anybody who sends a byte now and then holds
 * connections until there are none left; with too short ones, a phone on a slow network cannot take
 * part.
 */
import type { Server, ServerOptions } from 'node:http';

/** Milliseconds. */
export interface Patience {
  /** From a connection's or request's first moment to the end of its headers, and of a TLS handshake. */
  readonly headersMs: number;
  /** To the end of its body. */
  readonly requestMs: number;
  /** For the next request of a connection that has had an answer. */
  readonly keepAliveMs: number;
  /** In which nothing at all passes, in either direction, where something is under way. */
  readonly idleMs: number;
  /** How often connections are looked at: what is too late is found this much later. */
  readonly checkMs: number;
}

export const DEFAULT_PATIENCE: Patience = {
  // A few hundred bytes, but over a mobile network that may just be waking up.
  headersMs: 20_000,
  // The largest update, 64 MiB of the fp32 baselines, at 0.9 Mbit/s; one of one-bit votes has seconds.
  requestMs: 600_000,
  // Longer than the 60 s after which common proxies give an idle connection up: if we were first,
  // a request could meet a connection that is just being closed.
  keepAliveMs: 65_000,
  // A body or a download that stops. Phones in a tunnel come back sooner, or resume by Range.
  idleMs: 120_000,
  checkMs: 5000,
};

/** What `createServer` must know when the server is made. */
export function patientOptions({
  headersMs,
  requestMs,
  keepAliveMs,
  checkMs,
}: Patience): ServerOptions & { handshakeTimeout: number } {
  return {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: checkMs,
    // Of HTTPS only.
    handshakeTimeout: headersMs,
  };
}

/** What can only be said afterwards. Sockets of the federation are not meant: they have pings. */
export function limitIdleTime(server: Server, { idleMs }: Patience): void {
  server.setTimeout(idleMs);
}
