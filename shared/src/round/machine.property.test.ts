/**
 * The machine under random orders of events: first any event at any time, checked after each step
 * against what must always hold; then a small world of clients that come, go and answer, which must
 * reach the end of its federation.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { admitUpdate } from './admission.js';
import { advanceRound, initialRoundState } from './machine.js';
import { presenceOf } from './presence.js';
import type { RoundEffect, RoundEvent, RoundSettings, RoundState } from './round.js';
import { dueAt, gathering } from './settle.js';

const anySettings: fc.Arbitrary<RoundSettings> = fc
  .record({
    rounds: fc.integer({ min: 1, max: 4 }),
    goal: fc.integer({ min: 1, max: 5 }),
    minimum: fc.integer({ min: 1, max: 5 }),
    overSelect: fc.constantFrom(1, 1.3, 2),
    ready: fc.integer({ min: 1, max: 8 }),
    gatherMs: fc.integer({ min: 0, max: 50 }),
    deadlineMs: fc.integer({ min: 1, max: 100 }),
    seed: fc.nat(),
  })
  .chain((settings) => fc.constantFrom(settings, { ...settings, targetAccuracy: 0.9 }))
  .map((settings) => ({ ...settings, minimum: Math.min(settings.minimum, settings.goal) }));

const client = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
/** Mostly forward in small steps, sometimes far, sometimes back. */
const elapsed = fc.oneof(
  { weight: 8, arbitrary: fc.nat(20) },
  { weight: 1, arbitrary: fc.integer({ min: -200, max: 1000 }) },
);
const plain = fc.oneof(
  { weight: 5, arbitrary: client.map((id) => ({ type: 'ready', client: id }) as const) },
  { weight: 2, arbitrary: client.map((id) => ({ type: 'gone', client: id }) as const) },
  {
    weight: 8,
    arbitrary: fc
      .tuple(client, fc.constantFrom('1', '2'))
      .map(([id, digest]) => ({ type: 'update', client: id, digest }) as const),
  },
  { weight: 1, arbitrary: client.map((id) => ({ type: 'update-lost', client: id }) as const) },
  { weight: 4, arbitrary: fc.constant({ type: 'tick' } as const) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(null, 0.5, 0.9)
      .map((accuracy) => ({ type: 'published', accuracy }) as const),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { type: 'pause' } as const,
      { type: 'resume' } as const,
      { type: 'resume' } as const,
    ),
  },
);
const histories = fc.array(fc.tuple(plain, elapsed), { maxLength: 120 }).map((steps) => {
  let now = 0;
  return steps.map(([event, ms]): RoundEvent => {
    now += ms;
    return { ...event, now };
  });
});

/** A copy that shares nothing, to see whether the machine changes what it was given. */
const snapshot = (state: RoundState): RoundState => ({
  ...state,
  ...presenceOf([...state.ready], [...state.accepted]),
  cohort: new Set(state.cohort),
  missing: state.missing,
  awaited: state.awaited,
});

/** Feeds the events one by one and calls `check` after each. */
function play(
  settings: RoundSettings,
  events: readonly RoundEvent[],
  check: (
    before: RoundState,
    event: RoundEvent,
    after: RoundState,
    effects: readonly RoundEffect[],
  ) => void,
): RoundState {
  let state = initialRoundState();
  for (const event of events) {
    const { state: next, effects } = advanceRound(state, event, settings);
    check(state, event, next, effects);
    state = next;
  }
  return state;
}

const of = <T extends RoundEffect['type']>(effects: readonly RoundEffect[], type: T) =>
  effects.filter((effect): effect is Extract<RoundEffect, { type: T }> => effect.type === type);

describe('in any order of events', () => {
  const runs = { numRuns: 400 };

  it('changes nothing that it was given, and answers the same each time', () => {
    fc.assert(
      fc.property(anySettings, histories, (settings, events) => {
        let state = initialRoundState();
        for (const event of events) {
          const copy = snapshot(state);
          const step = advanceRound(state, event, settings);
          expect(advanceRound(copy, event, settings)).toEqual(step);
          expect(state).toEqual(copy);
          state = step.state;
        }
      }),
      { numRuns: 100 },
    );
  });

  it('never turns back: rounds and attempts only grow, and no attempt opens twice', () => {
    fc.assert(
      fc.property(anySettings, histories, (settings, events) => {
        const seen = new Set<string>();
        play(settings, events, (before, _event, after, effects) => {
          expect(after.round).toBeGreaterThanOrEqual(before.round);
          expect(after.round).toBeLessThanOrEqual(Math.min(before.round + 1, settings.rounds));
          if (after.round > before.round) expect(after.attempt).toBe(1);
          if (after.round === before.round) {
            expect(after.attempt).toBeGreaterThanOrEqual(before.attempt);
          }
          for (const { round, attempt, cohort, deadline } of of(effects, 'open')) {
            expect(seen).not.toContain(`${round}/${attempt}`);
            seen.add(`${round}/${attempt}`);
            expect(after).toMatchObject({ phase: 'OPEN', round, attempt, deadline });
            expect([...after.cohort]).toEqual(cohort);
          }
        });
      }),
      runs,
    );
  });

  it('chooses ready clients whose update is missing, no more than the cohort size', () => {
    fc.assert(
      fc.property(anySettings, histories, (settings, events) => {
        play(settings, events, (_before, _event, after, effects) => {
          for (const { cohort } of of(effects, 'open')) {
            expect(cohort.length).toBeGreaterThan(0);
            expect(cohort.length + after.accepted.size).toBeLessThanOrEqual(
              Math.ceil(settings.goal * settings.overSelect),
            );
            expect(cohort.length + after.accepted.size).toBeGreaterThanOrEqual(settings.minimum);
            for (const id of cohort) {
              expect(after.ready.has(id)).toBe(true);
              expect(after.accepted.has(id)).toBe(false);
            }
          }
          for (const { client: invited } of of(effects, 'invite')) {
            expect(after.phase).toBe('OPEN');
            expect(after.cohort.has(invited)).toBe(true);
            expect(after.accepted.has(invited)).toBe(false);
          }
        });
      }),
      runs,
    );
  });

  it('accepts one update of each chosen client, and loses none until its round is over', () => {
    fc.assert(
      fc.property(anySettings, histories, (settings, events) => {
        const chosen = new Set<string>();
        play(settings, events, (before, event, after, effects) => {
          if (after.round !== before.round) chosen.clear();
          for (const { cohort } of of(effects, 'open')) for (const id of cohort) chosen.add(id);
          for (const id of after.accepted.keys()) expect(chosen).toContain(id);
          if (after.round !== before.round) {
            expect([before.phase, event.type]).toEqual(['SEALED', 'published']);
            expect(after.accepted.size).toBe(0);
            return;
          }
          for (const [id, digest] of before.accepted) {
            const lost = event.type === 'update-lost' && event.client === id;
            expect(after.accepted.get(id)).toBe(lost ? undefined : digest);
          }
          const added = [...after.accepted.keys()].filter((id) => !before.accepted.has(id));
          expect(added).toEqual(event.type === 'update' && added.length > 0 ? [event.client] : []);
        });
      }),
      runs,
    );
  });

  it('counts who is missing and who is awaited as if it counted anew', () => {
    fc.assert(
      fc.property(anySettings, histories, (settings, events) => {
        play(settings, events, (_before, _event, after) => {
          const missing = [...after.ready].filter((id) => !after.accepted.has(id));
          expect(after.missing).toBe(missing.length);
          expect(after.awaited).toBe(missing.filter((id) => after.cohort.has(id)).length);
        });
      }),
      runs,
    );
  });

  it('keeps no attempt open whose members are all gone while others could play', () => {
    fc.assert(
      fc.property(anySettings, histories, (settings, events) => {
        play(settings, events, (_before, _event, after) => {
          if (after.phase !== 'OPEN' || after.afterRound !== 'continue') return;
          const missing = [...after.ready].filter((id) => !after.accepted.has(id));
          const awaited = missing.some((id) => after.cohort.has(id));
          const others = missing.length > 0;
          if (others && missing.length + after.accepted.size >= settings.minimum) {
            expect(awaited).toBe(true);
          }
        });
      }),
      runs,
    );
  });

  it('accepts exactly what the admission lets in', () => {
    fc.assert(
      fc.property(anySettings, histories, (settings, events) => {
        play(settings, events, (before, event, after) => {
          if (event.type !== 'update') return;
          const { verdict } = admitUpdate(before, event.client, before.round, event.digest);
          const grown = after.accepted.size - before.accepted.size;
          expect(grown).toBe(verdict === 'accept' ? 1 : 0);
          if (verdict !== 'refuse') {
            expect(after.accepted.get(event.client)).toBe(event.digest);
          }
        });
      }),
      runs,
    );
  });

  it('seals with at least the minimum, once a publication', () => {
    fc.assert(
      fc.property(anySettings, histories, (settings, events) => {
        play(settings, events, (before, event, after, effects) => {
          const seals = of(effects, 'seal');
          for (const { round } of seals) {
            expect(round).toBe(after.round);
            expect(after.phase).toBe('SEALED');
            expect(after.accepted.size).toBeGreaterThanOrEqual(settings.minimum);
          }
          // A lost update may take a sealed round back, and what is left may be sealed again.
          if (before.phase !== 'SEALED') {
            expect(seals.length).toBe(after.phase === 'SEALED' ? 1 : 0);
          } else if (event.type !== 'published' && event.type !== 'update-lost') {
            expect(after.phase).toBe('SEALED');
            expect(effects).toEqual([]);
          }
        });
      }),
      runs,
    );
  });

  it('leaves no attempt open past a tick at its deadline, and never waits longer than agreed', () => {
    fc.assert(
      fc.property(anySettings, histories, (settings, events) => {
        play(settings, events, (before, event, after) => {
          const late = before.deadline !== null && event.now >= before.deadline;
          if (event.type === 'tick' && late) {
            const still = after.phase === 'OPEN' && after.attempt === before.attempt;
            expect(still).toBe(false);
          }
          expect(after.deadline === null).toBe(after.phase !== 'OPEN');
          if (event.type === 'tick' && after.deadline !== null) {
            expect(after.deadline).toBeGreaterThan(event.now);
            expect(after.deadline).toBeLessThanOrEqual(event.now + settings.deadlineMs);
          }
        });
      }),
      runs,
    );
  });

  it('always has asked for the tick that it needs, even if every tick comes too early', () => {
    fc.assert(
      fc.property(anySettings, histories, (settings, events) => {
        let asked: number[] = [];
        play(settings, events, (_before, event, after, effects) => {
          if (event.type === 'tick') asked = [];
          asked.push(...of(effects, 'wake').map(({ at }) => at));
          const due = dueAt(after, settings);
          if (due !== null) expect(Math.min(...asked)).toBeLessThanOrEqual(due);
        });
      }),
      runs,
    );
  });

  it('opens nothing with fewer clients than are said to be needed, and goes on soon with as many', () => {
    fc.assert(
      fc.property(anySettings, histories, (settings, events) => {
        play(settings, events, (_before, event, after) => {
          if (after.phase !== 'WAITING') {
            expect(gathering(after, settings).short).toBe(false);
            return;
          }
          const later = { type: 'tick', now: event.now + settings.gatherMs } as const;
          const { state } = advanceRound(after, later, settings);
          if (gathering(after, settings).short) expect(state.phase).toBe('WAITING');
          else expect(['OPEN', 'SEALED']).toContain(state.phase);
        });
      }),
      runs,
    );
  });

  it('says nothing after the end', () => {
    fc.assert(
      fc.property(anySettings, histories, fc.nat(), histories, (settings, events, now, more) => {
        const state = play(settings, [...events, { type: 'end', now }], () => {});
        fc.pre(state.phase === 'ENDED');
        for (const event of more) {
          expect(advanceRound(state, event, settings)).toEqual({ state, effects: [] });
        }
      }),
      { numRuns: 100 },
    );
  });
});

/** An event that gets its time when its turn comes. */
type Untimed = RoundEvent extends infer E ? (E extends RoundEvent ? Omit<E, 'now'> : never) : never;

interface World {
  readonly settings: RoundSettings;
  readonly clients: number;
  /** Chance that an invited client drops its connection instead of answering. */
  readonly loss: number;
  /** Ticks come this much earlier than asked, at most. */
  readonly hasty: number;
  readonly seed: number;
}

const worlds: fc.Arbitrary<World> = fc
  .record({
    settings: anySettings,
    clients: fc.integer({ min: 5, max: 12 }),
    loss: fc.constantFrom(0, 0.1, 0.4),
    hasty: fc.constantFrom(0, 3),
    seed: fc.nat(),
  })
  .map((world) => ({
    ...world,
    settings: { ...world.settings, deadlineMs: world.settings.deadlineMs + 50 },
  }));

/** What was published: for each round, the clients counted. */
function federate({ settings, clients, loss, hasty, seed }: World) {
  const random = new Random(deriveSeed(seed, 'world'));
  const agenda: { at: number; event: Untimed }[] = [];
  const published: Map<string, string>[] = [];
  const acked: { round: number; client: string; digest: string }[] = [];
  let state = initialRoundState();
  let now = 0;
  const plan = (delay: number, event: Untimed) => agenda.push({ at: now + delay, event });

  function answer(id: string, round: number): void {
    if (random.unit() < loss) {
      plan(random.below(10), { type: 'gone', client: id });
      plan(10 + random.below(60), { type: 'ready', client: id });
    } else {
      plan(1 + random.below(40), { type: 'update', client: id, digest: `${round}/${id}` });
    }
  }

  for (let c = 0; c < clients; c++) {
    plan(random.below(30), { type: 'ready', client: `c${c}` });
  }
  for (let steps = 0; agenda.length > 0 && steps < 20_000 && state.phase !== 'ENDED'; steps++) {
    agenda.sort((a, b) => a.at - b.at);
    const [{ at, event: untimed }] = agenda.splice(0, 1);
    now = at;
    const event = { ...untimed, now } as RoundEvent;
    if (event.type === 'update') {
      // Clients send what they trained, whatever became of its round meanwhile.
      const round = Number(event.digest.split('/')[0]);
      const { verdict } = admitUpdate(state, event.client, round, event.digest);
      if (verdict !== 'accept') continue;
      acked.push({ round, client: event.client, digest: event.digest });
    }
    const { state: next, effects } = advanceRound(state, event, settings);
    state = next;
    for (const effect of effects) {
      if (effect.type === 'open') for (const id of effect.cohort) answer(id, effect.round);
      if (effect.type === 'invite') answer(effect.client, effect.round);
      if (effect.type === 'wake') {
        plan(Math.max(0, effect.at - now - random.below(hasty + 1)), { type: 'tick' });
      }
      if (effect.type === 'seal') {
        published.push(new Map(state.accepted));
        plan(random.below(5), { type: 'published', accuracy: 0.5 });
      }
    }
  }
  return { state, published, acked };
}

describe('a federation of clients that answer sooner or later', () => {
  it('publishes every round and ends, counting each acked update once, in its own round', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { state, published, acked } = federate(world);
        expect(state.phase).toBe('ENDED');
        expect(published).toHaveLength(world.settings.rounds);
        const counted = published.flatMap((updates, i) =>
          [...updates].map(([id, digest]) => ({ round: i + 1, client: id, digest })),
        );
        const byDigest = (a: { digest: string }, b: { digest: string }) =>
          a.digest < b.digest ? -1 : 1;
        expect(counted.sort(byDigest)).toEqual(acked.sort(byDigest));
        for (const updates of published) {
          expect(updates.size).toBeGreaterThanOrEqual(world.settings.minimum);
        }
      }),
      { numRuns: 200 },
    );
  });
});
