/** One HTTP exchange: time limits, size limits and byte counts; every failure a FederationError. */
import { errorBodySchema, FederationError, parseJson } from '@fedhybnn/shared';
import type { Traffic } from './events.js';
import { childController, unlessAborted } from './waiting.js';

export interface ExchangeRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** A longer answer is refused. Bytes. */
  readonly maxBytes: number;
  /** Passes caches by: for a file that came damaged out of one. */
  readonly fresh?: boolean;
}

export interface ExchangeSettings {
  readonly fetch: typeof fetch;
  readonly traffic: Traffic;
  readonly signal: AbortSignal;
  /** Longest silence of the coordinator. Milliseconds. */
  readonly silenceMs: number;
}

/** Slowest upload that is waited for, in bytes a millisecond (= 8 kB/s). */
const SLOWEST_UPLOAD = 8;

/**
 * Sends a request and reads the whole answer.
 * @throws FederationError the coordinator's own, or `coordinator-unreachable`, `coordinator-busy`,
 *   `file-corrupt` (too long); the signal's reason if that is aborted
 */
export async function exchange(
  request: ExchangeRequest,
  settings: ExchangeSettings,
): Promise<Uint8Array> {
  const { traffic, signal, silenceMs } = settings;
  const limit = childController(signal);
  const expire = () => limit.abort(new Error(`no sign of life for ${silenceMs / 1000} s`));
  const body = typeof request.body === 'string' ? encode(request.body) : request.body;
  let timer = setTimeout(expire, silenceMs + (body?.length ?? 0) / SLOWEST_UPLOAD);
  try {
    const response = await settings.fetch(request.url, {
      method: request.method ?? 'GET',
      headers: { ...request.headers },
      signal: limit.signal,
      ...(body && { body: body as Uint8Array<ArrayBuffer> }),
      ...(request.fresh && { cache: 'reload' as const }),
    });
    traffic.sent += body?.length ?? 0;
    const bytes = await readBody(response, request, limit.signal, (count) => {
      traffic.received += count;
      clearTimeout(timer);
      timer = setTimeout(expire, silenceMs);
    });
    if (!response.ok) throw refusal(response, bytes, request.url);
    return bytes;
  } catch (cause) {
    signal.throwIfAborted();
    throw cause instanceof FederationError ? cause : unreachable(request.url, limit.signal, cause);
  } finally {
    clearTimeout(timer);
    limit.release();
  }
}

async function readBody(
  response: Response,
  request: ExchangeRequest,
  signal: AbortSignal,
  onBytes: (count: number) => void,
): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await unlessAborted(reader.read(), signal);
      if (done) break;
      length += value.length;
      onBytes(value.length);
      if (length > request.maxBytes) {
        throw new FederationError(
          'file-corrupt',
          `${request.url}: the answer is longer than the ${request.maxBytes} bytes that can be right; check the address`,
        );
      }
      pieces.push(value);
    }
  } catch (cause) {
    // The rest is not wanted; that it may fail to be canceled changes nothing.
    reader.cancel().catch(() => {});
    throw cause;
  }
  return concatenate(pieces, length);
}

function refusal(response: Response, body: Uint8Array, url: string): FederationError {
  try {
    const { code, message } = parseJson(errorBodySchema, decode(body), 'the error');
    return new FederationError(code, message);
  } catch (cause) {
    const { status } = response;
    // 5xx without our own words come from a proxy before a coordinator that is down; 429 limits rates.
    return status >= 500 || status === 429
      ? new FederationError('coordinator-busy', `${url}: answered ${status}; try again`, { cause })
      : new FederationError(
          'bad-request',
          `${url}: answered ${status}; check that the address is that of a FedHyBNN coordinator`,
          { cause },
        );
  }
}

function unreachable(url: string, limit: AbortSignal, cause: unknown): FederationError {
  const deepest = limit.aborted ? limit.reason : cause;
  return new FederationError(
    'coordinator-unreachable',
    `no answer from ${new URL(url).origin} (${rootMessage(deepest)}); check the address, the network and that the coordinator runs`,
    { cause },
  );
}

/** What a chain of causes ends with, such as `connect ECONNREFUSED 127.0.0.1:8080`. */
function rootMessage(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (thrown.cause instanceof Error) return rootMessage(thrown.cause);
  const [first] = thrown instanceof AggregateError ? thrown.errors : [];
  return first instanceof Error ? first.message : thrown.message;
}

function concatenate(pieces: readonly Uint8Array[], length: number): Uint8Array {
  if (pieces.length === 1) return pieces[0];
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const encode = (text: string) => new TextEncoder().encode(text);

/** UTF-8 text of an answer. */
export function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
