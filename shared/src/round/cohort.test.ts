import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveSeed } from '../random/seed.js';
import { selectCohort } from './cohort.js';

const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 40 });
const seeds = fc.nat().map((n) => deriveSeed(n, 'cohort', 1, 1));

describe('selectCohort', () => {
  it('depends on who is ready, not on who came first', () => {
    fc.assert(
      fc.property(ids, fc.nat(50), seeds, (ready, size, seed) => {
        const cohort = selectCohort(ready, size, seed);
        expect(selectCohort(new Set(ready.toReversed()), size, seed)).toEqual(cohort);
        expect(cohort).toEqual([...new Set(cohort)].sort());
        expect(cohort).toHaveLength(Math.min(size, ready.length));
        expect(cohort.every((id) => ready.includes(id))).toBe(true);
      }),
    );
  });

  it('gives everyone the same chance over many rounds', () => {
    const ready = Array.from({ length: 20 }, (_, i) => `client-${i}`);
    const chosen = new Map(ready.map((id) => [id, 0]));
    for (let round = 1; round <= 2000; round++) {
      for (const id of selectCohort(ready, 5, deriveSeed(1, 'cohort', round, 1))) {
        chosen.set(id, (chosen.get(id) ?? 0) + 1);
      }
    }
    // 500 expected, standard deviation 19.4.
    for (const times of chosen.values()) expect(Math.abs(times - 500)).toBeLessThan(100);
  });
});
