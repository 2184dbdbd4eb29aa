/** The faults of a sweep, one after another: all from its seed. */
import { deriveSeed, Random } from '@fedhybnn/shared';
import type { DiskError, KillPoint } from './coordinator-process.js';

/** What happens to a coordinator that has just been started. */
export type Fault =
  | KillPoint
  /** The database meets an error; the coordinator goes on or stops, and says why. */
  | DiskError
  /** SIGKILL so many milliseconds after the start, or after it is ready. */
  | { readonly at: 'start' | 'play'; readonly ms: number }
  /** SIGKILL for the process of PostgreSQL that serves the coordinator's writes; it gives up. */
  | { readonly at: 'backend'; readonly ms: number };

export type FaultKind = 'sync' | 'random' | 'postgres' | 'disk';

/** A start takes about half a second, rounds some tens of milliseconds. */
const LONGEST_START_MS = 700;
const LONGEST_PLAY_MS = 800;
/** Syncs from a start on, over some rounds: of the database, and of files. */
const DATABASE_SYNCS = 60;
const FILE_SYNCS = 36;
/** Writes of the database in a start and some rounds. */
const DATABASE_WRITES = 160;

/** Draws the `n`th fault of a sweep. */
export function drawFault(kind: FaultKind, seed: number, n: number): Fault {
  const random = new Random(deriveSeed(seed, 'fault', kind, n));
  if (kind === 'sync') {
    return random.below(2) === 0
      ? { at: 'database-sync', nth: 1 + random.below(DATABASE_SYNCS) }
      : { at: 'file-sync', nth: 1 + random.below(FILE_SYNCS), side: sideOf(random.below(2)) };
  }
  if (kind === 'disk') return drawDiskError(random);
  if (random.below(4) === 0) return { at: 'start', ms: random.below(LONGEST_START_MS) };
  const ms = random.below(LONGEST_PLAY_MS);
  return { at: kind === 'postgres' && random.below(3) === 0 ? 'backend' : 'play', ms };
}

function drawDiskError(random: Random): DiskError {
  const lasting = random.below(2) === 0;
  if (random.below(3) === 0) {
    // A sync that failed: what was written before it may be there or not.
    const nth = 1 + random.below(DATABASE_SYNCS);
    return { at: 'disk-error', call: 'fsync', error: 'EIO', nth, lasting };
  }
  const error = random.below(3) === 0 ? 'EIO' : 'ENOSPC';
  const nth = 1 + random.below(DATABASE_WRITES);
  return { at: 'disk-error', call: 'pwrite64', error, nth, lasting };
}

/**
 * The first part of a sync sweep: every sync of a whole federation, from its first start to its end,
 * each in a fresh folder. The nth of both sorts, and null past the last one of a sort.
 */
export function everySync(sort: KillPoint['at'], nth: number): KillPoint {
  return sort === 'database-sync'
    ? { at: sort, nth }
    : { at: sort, nth: (nth + 1) >> 1, side: sideOf(nth % 2) };
}

function sideOf(bit: number): 'before' | 'after' {
  return bit === 1 ? 'before' : 'after';
}
