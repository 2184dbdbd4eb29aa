import { advanceRound, deriveSeed, initialRoundState, selectCohort } from '@fedhybnn/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClientIds, virtualClientId, virtualClientIndex } from './virtual-client.js';

describe('the ids of all virtual clients', () => {
  it('are the set of them, in ascending order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), (clients) => {
        const ids = Array.from({ length: clients }, (_, c) => virtualClientId(c, clients));
        const all = new VirtualClientIds(clients);
        expect([...all]).toEqual(ids);
        expect(ids.toSorted()).toEqual(ids);
        expect(ids.map(virtualClientIndex)).toEqual(ids.map((_, c) => c));
        expect(ids.every((id) => all.has(id))).toBe(true);
        for (const other of ['client-', 'client-x', `client-${clients}`, 'client-00000', 'other']) {
          expect(all.has(other)).toBe(ids.includes(other));
        }
      }),
    );
  });

  it('give the cohorts that the same ids in a set give', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 250 }),
        fc.nat(),
        (clients, size, n) => {
          const all = new VirtualClientIds(clients);
          const seed = deriveSeed(n, 'cohort', 1, 1);
          expect(selectCohort(all, size, seed)).toEqual(selectCohort(new Set(all), size, seed));
        },
      ),
    );
  });

  it('may leave and come back one by one', () => {
    const settings = {
      rounds: 9,
      goal: 3,
      minimum: 1,
      overSelect: 1,
      ready: 3,
      gatherMs: 9,
      deadlineMs: 9,
      seed: 1,
    };
    let state = initialRoundState({ ready: new VirtualClientIds(12) });
    ({ state } = advanceRound(state, { type: 'gone', client: 'client-04', now: 0 }, settings));
    expect(state.ready.size).toBe(11);
    expect(state.ready.has('client-04')).toBe(false);
    ({ state } = advanceRound(state, { type: 'ready', client: 'client-04', now: 1 }, settings));
    expect([...state.ready].sort()).toEqual([...new VirtualClientIds(12)]);
  });
});
