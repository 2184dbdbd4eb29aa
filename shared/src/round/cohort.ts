import { Random } from '../random/random.js';
import type { Seed } from '../random/seed.js';

/** Ids in ascending order, of which the one at a place is known without looking at the others. */
export interface OrderedIds extends ReadonlySet<string> {
  at(index: number): string;
}

/** Whether ids are ordered: {@link selectCohort} then costs what the cohort does. */
export function isOrdered(ids: Iterable<string>): ids is OrderedIds {
  return 'at' in ids && 'has' in ids;
}

/**
 * Chooses a round's cohort among the ready clients: a seeded sample of the sorted ids, so that the
 * choice depends on who is ready, never on who came first.
 * @param size at most this many; all clients if there are fewer
 * @returns ids in ascending order of their UTF-16 code units
 */
export function selectCohort(ready: Iterable<string>, size: number, seed: Seed): string[] {
  if (isOrdered(ready) && ready.size > size) {
    return new Random(seed).sample(ready.size, size).map((index) => ready.at(index));
  }
  const sorted = [...ready].sort();
  if (sorted.length <= size) return sorted;
  return new Random(seed).sample(sorted.length, size).map((index) => sorted[index]);
}
