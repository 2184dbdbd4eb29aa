/**
 * Errors are values: one class, a stable `code`, a message that names the field and the remedy.
 * `docs/errors.md` has a heading for each code. The same codes travel in error acks and HTTP bodies.
 */

/** Every code that a user, a client or an operator can meet. Codes are never reused or renamed. */
export const ERROR_CODES = [
  'bad-request', // a value from outside does not fit its schema
  'unknown-task',
  'unknown-file',
  'unknown-option',
  'protocol-version',
  'token-missing',
  'token-expired',
  'token-invalid',
  'client-taken', // another participant already holds this client id
  'join-code-missing', // the task admits by code only
  'join-code-invalid', // unknown, expired or used up
  'login-required', // an operator's route without a session or an API token
  'login-failed',
  'csrf-token', // a session's request without the token that only the operator's page knows
  'origin-refused', // a page of another site asked
  'rate-limited', // too much of this from one address; try again later
  'name-taken', // an operator of this name is there already
  'frame-truncated',
  'frame-oversized',
  'frame-corrupt',
  'wrong-task',
  'wrong-base',
  'wrong-rule',
  'not-in-cohort',
  'round-stale',
  'round-future',
  'round-closed',
  'update-conflict', // same task, round and client, but another digest
  'federation-ended',
  'coordinator-unreachable',
  'coordinator-busy', // shutting down or recovering; try again
  'file-corrupt', // a model, extractor or data file that is not what it says
  'dataset-missing',
  'port-in-use',
  'data-folder',
  'store-failed',
  'store-lost', // whether a write was committed is not known before the next start
  'invariant-broken', // what the coordinator was about to do contradicts what it has promised
  'journal-broken', // verify found a difference
  'interrupted',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** What travels in an error ack or an HTTP error body. */
export interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
}

/** The one error class of the platform. */
export class FederationError extends Error {
  override readonly name = 'FederationError';

  /**
   * @param code stable, from {@link ERROR_CODES}
   * @param message one line: what is wrong (naming the field) and what to do about it
   * @param options the cause, kept
   */
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }

  toBody(): ErrorBody {
    return { code: this.code, message: this.message };
  }

  /** Any thrown value as a {@link FederationError}; an unknown one becomes `internal`. */
  static from(thrown: unknown): FederationError {
    if (thrown instanceof FederationError) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new FederationError('internal', message, { cause: thrown });
  }
}

const TRANSIENT: readonly ErrorCode[] = [
  'coordinator-unreachable',
  'coordinator-busy',
  'rate-limited',
];

/** True where trying the same again later can help: the network, or a coordinator that is busy. */
export function isTransient(error: FederationError): boolean {
  return TRANSIENT.includes(error.code);
}
