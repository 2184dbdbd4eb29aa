/** Errors as HTTP answers. */
import { type ErrorCode, FederationError } from '@fedhybnn/shared';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { retryAfter } from '../security/limits.js';

const STATUS: Partial<Record<ErrorCode, number>> = {
  'unknown-task': 404,
  'unknown-file': 404,
  'protocol-version': 426,
  'token-missing': 401,
  'token-expired': 401,
  'token-invalid': 401,
  'client-taken': 409,
  'join-code-missing': 403,
  'join-code-invalid': 403,
  'login-required': 401,
  'login-failed': 401,
  'csrf-token': 403,
  'origin-refused': 403,
  'rate-limited': 429,
  'name-taken': 409,
  'frame-oversized': 413,
  'wrong-base': 409,
  'not-in-cohort': 409,
  'round-stale': 409,
  'round-future': 409,
  'round-closed': 409,
  'update-conflict': 409,
  'federation-ended': 410,
  'coordinator-busy': 503,
  'store-failed': 503,
  internal: 500,
};

export const unknownRoute: RequestHandler = (request, response) => {
  response.status(404).json({
    code: 'unknown-file',
    message: `${request.method} ${request.path}: no such route; see docs/protocol.md`,
  });
};

/** Every error leaves as an ErrorBody; an unforeseen one is logged and told without details. */
export function errorHandler(log: Logger): ErrorRequestHandler {
  return (thrown, _request, response, next) => {
    if (response.headersSent) return next(thrown);
    const error = known(thrown);
    if (error.code === 'internal') log.error({ err: thrown }, 'a request failed');
    const message =
      error.code === 'internal' ? 'the coordinator failed; its log says why' : error.message;
    const seconds = retryAfter(error);
    if (seconds !== undefined) response.set('Retry-After', String(seconds));
    response.status(STATUS[error.code] ?? 400).json({ code: error.code, message });
  };
}

/** Express's own errors (bad JSON, body too large, bad URL) in our words. */
function known(thrown: unknown): FederationError {
  if (thrown instanceof Error && 'type' in thrown && 'status' in thrown) {
    if (thrown.type === 'entity.too.large') {
      return new FederationError('frame-oversized', 'the body is larger than this route allows');
    }
    if (typeof thrown.status === 'number' && thrown.status < 500) {
      return new FederationError('bad-request', `the request cannot be read: ${thrown.message}`);
    }
  }
  if (thrown instanceof URIError) return new FederationError('bad-request', 'the URL is malformed');
  return FederationError.from(thrown);
}
