/** How long to wait between attempts: a pure generator; the caller holds the clock. */
import { deriveSeed, Random, type Seed } from '@fedhybnn/shared';

export interface BackoffOptions {
  /** Root of the jitter: give every client its own, so that they do not return all at once. */
  readonly seed: Seed;
  /** Ceiling of the first wait. Default 500 ms. */
  readonly firstMs?: number;
  /** Ceiling of all waits. Default 15 s. */
  readonly longestMs?: number;
}

/**
 * Waits in milliseconds, without end: each is uniform between half its ceiling and its ceiling, and
 * the ceiling doubles up to the longest ("equal jitter", M. Brooker, Exponential Backoff And Jitter,
 * 2015).
 */
export function* backoff(options: BackoffOptions): Generator<number, never> {
  const { seed, firstMs = 500, longestMs = 15_000 } = options;
  const random = new Random(deriveSeed(seed, 'backoff'));
  for (let ceiling = firstMs; ; ceiling = Math.min(2 * ceiling, longestMs)) {
    yield Math.round(ceiling * (0.5 + 0.5 * random.unit()));
  }
}
