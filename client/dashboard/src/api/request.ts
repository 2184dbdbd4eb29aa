/** Asks the coordinator in the operator's name; what comes back is checked by its schema. */
import { CSRF_HEADER, errorBodySchema, FederationError, parse } from '@fedhybnn/shared';
import type { ZodMiniType } from 'zod/mini';

export interface Request<T> {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly reply: ZodMiniType<T>;
  /** JSON, unless it is bytes. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** An answer that does not come within this time will not come. Uploads may take longer. */
const PATIENCE_MS = 15_000;

/** What changes need; the session tells it. In memory only. */
let csrf = '';

interface SessionHooks {
  /** An answer says that nobody is logged in. */
  loggedOut(): void;
  /** The session is another one than this page knows, such as that of another tab. */
  changed(): Promise<void>;
}
let hooks: SessionHooks = { loggedOut: () => {}, changed: async () => {} };

/** @param token that changes need */
export function setSession(token: string): void {
  csrf = token;
}

export function followSession(to: SessionHooks): void {
  hooks = to;
}

/** @throws FederationError as the coordinator says; `coordinator-unreachable` where it says nothing */
export async function ask<T>(path: string, request: Request<T>): Promise<T> {
  try {
    return await askOnce(path, request);
  } catch (thrown) {
    if (!(thrown instanceof FederationError) || thrown.code !== 'csrf-token') throw thrown;
    await hooks.changed();
    return askOnce(path, request);
  }
}

async function askOnce<T>(path: string, request: Request<T>): Promise<T> {
  const answer = await fetchAnswer(path, request);
  const value: unknown = await answer.json().catch(() => undefined);
  if (answer.ok) return parse(request.reply, value, `answer of ${path}`);
  const error = errorBodySchema.safeParse(value);
  if (!error.success) throw unreachable(`the answer has status ${answer.status}`);
  const { code, message } = error.data;
  if (code === 'login-required') hooks.loggedOut();
  throw new FederationError(code, message);
}

async function fetchAnswer<T>(
  path: string,
  { method = 'GET', body, signal }: Request<T>,
): Promise<Response> {
  const bytes = body instanceof Blob;
  const patience = bytes ? undefined : AbortSignal.timeout(PATIENCE_MS);
  const signals = [signal, patience].filter((each) => each !== undefined);
  try {
    return await fetch(path, {
      method,
      signal: AbortSignal.any(signals),
      credentials: 'same-origin',
      cache: 'no-store',
      headers: {
        ...(method !== 'GET' && { [CSRF_HEADER]: csrf }),
        ...(body !== undefined && !bytes && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: bytes ? body : JSON.stringify(body) }),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw unreachable('no answer', cause);
  }
}

function unreachable(why: string, cause?: unknown): FederationError {
  return new FederationError('coordinator-unreachable', `${location.origin}: ${why}`, { cause });
}
