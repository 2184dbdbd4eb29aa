/** Doing something again until it works, or until trying again makes no sense. */
import { type ErrorCode, FederationError, isTransient } from '@fedhybnn/shared';
import { pause } from './waiting.js';

export interface RetryOptions {
  /** Waits between attempts, in milliseconds; when they end, the last error is thrown. */
  readonly waits: Iterator<number, unknown>;
  readonly signal: AbortSignal;
  readonly onWait?: ((error: FederationError, ms: number) => void) | undefined;
}

/** @throws the first error that is not worth another attempt, the last one, or the signal's reason */
export async function retrying<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { waits, signal, onWait } = options;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (thrown) {
      signal.throwIfAborted();
      if (!isWorthRetrying(thrown)) throw thrown;
      const wait = waits.next();
      if (wait.done) throw thrown;
      onWait?.(thrown, wait.value);
      await pause(wait.value, signal);
    }
  }
}

/** Failures of the coordinator that its operator can repair while clients wait. */
const REPAIRABLE: readonly ErrorCode[] = ['store-failed', 'internal'];

/**
 * True for errors of the network and of a coordinator in trouble. Errors of this program's own are
 * no `FederationError` when they come here.
 */
export function isWorthRetrying(thrown: unknown): thrown is FederationError {
  return (
    thrown instanceof FederationError && (isTransient(thrown) || REPAIRABLE.includes(thrown.code))
  );
}

/** The waits as long as their sum stays below `totalMs`. */
export function* within(waits: Iterable<number>, totalMs: number): Generator<number, void> {
  let sum = 0;
  for (const wait of waits) {
    sum += wait;
    if (sum > totalMs) return;
    yield wait;
  }
}
