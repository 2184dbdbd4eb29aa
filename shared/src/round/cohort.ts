import { Random } from '../random/random.js';
import type { Seed } from '../random/seed.js';

/**
 * Chooses a round's cohort among the ready clients: a seeded sample of the sorted ids, so that the
 * choice depends on who is ready, never on who came first.
 * @param size at most this many; all clients if there are fewer
 * @returns ids in ascending order of their UTF-16 code units
 */
export function selectCohort(ready: Iterable<string>, size: number, seed: Seed): string[] {
  const sorted = [...ready].sort();
  if (sorted.length <= size) return sorted;
  return new Random(seed).sample(sorted.length, size).map((index) => sorted[index]);
}
