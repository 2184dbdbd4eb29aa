/**
 * What the coordinator forgets of old rounds: the update frames, and the step and snapshot files. The
 * journal, and who sent what by its digest, stay for ever, so the hash chain can still be verified.
 *
 *   rounds 1 … latest − keep: journal, clients, digests     later ones: everything
 *   the snapshot of round latest − keep stays: the replay starts from it
 *
 * The rows change in one transaction, the files go afterwards. Stopped in between, files are left
 * that nothing names: the next start sweeps them.
 */
import { FederationError } from '@fedhybnn/shared';
import type { Logger } from 'pino';
import type { FileStore } from '../store/file-store.js';
import type { Store } from '../store/store.js';

/** Rounds of one transaction, so that a coordinator with a long past does not stand still for it. */
const BATCH = 64;

export interface RetentionParts {
  readonly task: string;
  /** Rounds up to this one are forgotten already. */
  readonly replayFrom: number;
  readonly store: Store;
  readonly files: FileStore;
  readonly log: Logger;
}

/** Forgets what is older than the last rounds; called with the number of published rounds. */
export type Retention = (published: number) => Promise<void>;

/** @param keep how many published rounds keep everything; all if undefined */
export function retentionOf(keep: number | undefined, parts: RetentionParts): Retention {
  const { task, store, files, log } = parts;
  let from = parts.replayFrom;
  return async (published) => {
    if (keep === undefined) return;
    const until = published - keep;
    try {
      while (from < until) {
        const next = Math.min(until, from + BATCH);
        const unnamed = await store.forget(task, next);
        from = next;
        await files.remove(unnamed);
      }
    } catch (cause) {
      // Rounds go on without it, unless nobody knows what the store holds.
      if (cause instanceof FederationError && cause.code === 'store-lost') throw cause;
      log.error({ err: cause }, 'old rounds could not be forgotten; tried again after the next');
    }
  };
}
