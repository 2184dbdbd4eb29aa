/** Patience with a coordinator that has not answered yet: it may be starting. */
import type { Seed } from '@fedhybnn/shared';
import { backoff } from './backoff.js';
import type { SessionListener } from './events.js';
import { retrying, within } from './retrying.js';

export interface FirstContact {
  /** How long to try. Default 30,000 ms. */
  readonly firstContactMs?: number | undefined;
  /** Root of the jitter of the waits. */
  readonly seed: Seed;
  readonly signal: AbortSignal;
  /** Hears `offline` events. */
  readonly emit: SessionListener;
}

/** A function that tries work again while the network or the coordinator is to blame, for a while. */
export function firstContact(contact: FirstContact): <T>(work: () => Promise<T>) => Promise<T> {
  const { firstContactMs = 30_000, seed, signal, emit } = contact;
  return (work) =>
    retrying(work, {
      waits: within(backoff({ seed, longestMs: 5_000 }), firstContactMs),
      signal,
      onWait: (error, retryInMs) => emit({ type: 'offline', error, retryInMs }),
    });
}

/** Clients without a name must not wait in step: their jitter, and nothing else, is really random. */
export function randomSeed(): Seed {
  const words = crypto.getRandomValues(new Uint32Array(4));
  return [...words].map((word) => word.toString(16).padStart(8, '0')).join('');
}
