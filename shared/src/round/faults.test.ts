/**
 * The machine when things go wrong: members that die or fall silent, commits that fail, an operator
 * who pauses and ends at any time, settings that contradict each other, clocks that jump.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { admitUpdate } from './admission.js';
import { advanceRound, initialRoundState } from './machine.js';
import type { RoundEffect, RoundEvent, RoundSettings, RoundState } from './round.js';
import { dueAt } from './settle.js';

/** Unlike most tasks, the minimum may be above the goal: then the goal is enough. */
const anySettings: fc.Arbitrary<RoundSettings> = fc.record({
  rounds: fc.integer({ min: 1, max: 4 }),
  goal: fc.integer({ min: 1, max: 5 }),
  minimum: fc.integer({ min: 1, max: 7 }),
  overSelect: fc.constantFrom(1, 1.5, 2),
  ready: fc.integer({ min: 1, max: 9 }),
  gatherMs: fc.integer({ min: 0, max: 50 }),
  deadlineMs: fc.integer({ min: 50, max: 150 }),
  seed: fc.nat(),
});
const fewest = ({ goal, minimum }: RoundSettings) => Math.min(goal, minimum);

const everybody = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const client = fc.constantFrom(...everybody);
const anyEvent: fc.Arbitrary<RoundEvent> = fc
  .tuple(
    fc.constantFrom(
      ...(['ready', 'ready', 'update', 'update', 'update', 'gone', 'update-lost'] as const),
      ...(['tick', 'tick', 'published', 'published', 'pause', 'resume', 'end'] as const),
    ),
    client,
    fc.integer({ min: -50, max: 500 }),
  )
  .map(([type, id, now]) => ({ type, client: id, digest: id, accuracy: null, now }));
const histories = fc.array(anyEvent, { maxLength: 60 });
const restarts = fc
  .tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 3 }),
    fc.uniqueArray(client, { maxLength: 4 }),
    fc.uniqueArray(client, { maxLength: 8 }),
    fc.constantFrom('WAITING', 'PAUSED'),
  )
  .map(([round, attempt, accepted, ready, phase]) => ({
    round,
    attempt,
    accepted: new Map(accepted.map((id) => [id, id])),
    ready,
    phase,
  }));

describe('an operator who may pause, resume and end at any time, after a restart or not', () => {
  it('never sees less than the minimum published, nor a round opened after the end', () => {
    fc.assert(
      fc.property(anySettings, restarts, histories, (rules, restart, events) => {
        let state = initialRoundState({ ...restart, round: Math.min(restart.round, rules.rounds) });
        let endAsked = false;
        let over = 0;
        for (const event of events) {
          const step = advanceRound(state, event, rules);
          endAsked ||= event.type === 'end';
          for (const effect of step.effects) {
            expect(over).toBe(0);
            if (effect.type === 'seal') {
              expect(step.state.accepted.size).toBeGreaterThanOrEqual(fewest(rules));
            }
            if (effect.type === 'open') {
              expect(endAsked).toBe(false);
              expect(step.state.phase).toBe('OPEN');
            }
            if (effect.type === 'ended') over++;
          }
          expect(over > 0).toBe(step.state.phase === 'ENDED');
          state = step.state;
        }
      }),
      { numRuns: 400 },
    );
  });

  it('can always go on: from any state, clients who answer bring the federation to its end', () => {
    fc.assert(
      fc.property(anySettings, restarts, histories, (rules, restart, events) => {
        let state = initialRoundState({ ...restart, round: Math.min(restart.round, rules.rounds) });
        let now = 0;
        let asked = false;
        const feed = (event: RoundEvent) => {
          now = event.now;
          asked ||= event.type === 'end';
          const step = advanceRound(state, event, rules);
          state = step.state;
          return step.effects;
        };
        for (const event of events) feed(event);
        feed({ type: 'resume', now });
        for (const id of everybody) feed({ type: 'ready', client: id, now });
        for (let step = 0; state.phase !== 'ENDED'; step++) {
          expect(step).toBeLessThan(20 * rules.rounds);
          const { phase } = state;
          if (phase === 'OPEN') {
            for (const id of state.cohort) feed({ type: 'update', client: id, digest: id, now });
            // An update that was lost after the cohort was drawn leaves it too small: the deadline
            // ends the attempt, and the next one has everybody.
            if (state.phase === 'OPEN') feed({ type: 'tick', now: dueAt(state, rules)! });
          } else if (phase === 'SEALED') {
            feed({ type: 'published', accuracy: null, now });
          } else if (phase === 'PAUSED') {
            feed({ type: 'resume', now });
          } else {
            const due = dueAt(state, rules);
            expect(due).not.toBeNull();
            feed({ type: 'tick', now: due! });
          }
        }
        if (!asked) expect(state.round).toBe(rules.rounds);
      }),
      { numRuns: 400 },
    );
  });
});

type Untimed = RoundEvent extends infer E ? (E extends RoundEvent ? Omit<E, 'now'> : never) : never;

/** How a client behaves when it is told to start. */
type Fate = 'answers' | 'mute' | 'dies';

interface World {
  readonly rules: RoundSettings;
  readonly fates: readonly Fate[];
  /** Chance that the commit of an accepted update fails. */
  readonly failing: number;
  readonly pauses: readonly number[];
  readonly seed: number;
}

/** Enough clients answer to reach the minimum; any number of others do not. */
const worlds: fc.Arbitrary<World> = fc
  .record({
    rules: anySettings,
    spare: fc.nat(3),
    mute: fc.nat(4),
    dying: fc.nat(4),
    failing: fc.constantFrom(0, 0.2),
    pauses: fc.array(fc.nat(600), { maxLength: 3 }),
    seed: fc.nat(),
  })
  .map(({ spare, mute, dying, ...world }) => ({
    ...world,
    fates: [
      ...new Array<Fate>(fewest(world.rules) + spare).fill('answers'),
      ...new Array<Fate>(mute).fill('mute'),
      ...new Array<Fate>(dying).fill('dies'),
    ],
  }));

/** Plays a world on its own clock; ticks come when they were asked for. */
function live({ rules, fates, failing, pauses, seed }: World) {
  const random = new Random(deriveSeed(seed, 'world'));
  const agenda: { at: number; act: () => void }[] = [];
  const published: Map<string, string>[] = [];
  const committed: string[] = [];
  const openFor: number[] = [];
  let state = initialRoundState();
  let now = 0;
  let openedAt = 0;
  let committing = 0;
  let sealed = false;
  const plan = (delay: number, act: () => void) => agenda.push({ at: now + delay, act });

  function feed(event: Untimed): void {
    const before = state;
    const step = advanceRound(state, { ...event, now } as RoundEvent, rules);
    state = step.state;
    if (before.phase === 'OPEN' && (state.phase !== 'OPEN' || state.attempt !== before.attempt)) {
      openFor.push(now - openedAt);
    }
    step.effects.forEach(respond);
    if (sealed && committing === 0) {
      sealed = false;
      published.push(new Map(state.accepted));
      plan(1, () => feed({ type: 'published', accuracy: null }));
    }
  }

  function respond(effect: RoundEffect): void {
    if (effect.type === 'open') {
      openedAt = now;
      for (const id of effect.cohort) told(id, effect.round);
    }
    if (effect.type === 'invite') told(effect.client, effect.round);
    if (effect.type === 'wake') plan(Math.max(0, effect.at - now), () => feed({ type: 'tick' }));
    if (effect.type === 'seal') sealed = true;
    if (effect.type === 'abandon') sealed = false;
  }

  function told(id: string, round: number): void {
    const fate = fates[Number(id)];
    if (fate === 'dies') plan(random.below(20), () => feed({ type: 'gone', client: id }));
    if (fate === 'answers') plan(1 + random.below(40), () => send(id, round));
  }

  function send(id: string, round: number): void {
    const digest = `${round}/${id}`;
    if (admitUpdate(state, id, round, digest).verdict !== 'accept') return;
    committing++;
    plan(random.below(5), () => {
      committing--;
      const lost = random.unit() < failing;
      if (lost) plan(1, () => send(id, round));
      else committed.push(digest);
      // An event in any case: a sealed round waits for the last of its commits.
      feed(lost ? { type: 'update-lost', client: id } : { type: 'tick' });
    });
    feed({ type: 'update', client: id, digest });
  }

  fates.forEach((_, id) => {
    plan(random.below(30), () => feed({ type: 'ready', client: String(id) }));
  });
  for (const at of pauses) {
    plan(at, () => feed({ type: 'pause' }));
    plan(at + random.below(300), () => feed({ type: 'resume' }));
  }
  for (let steps = 0; agenda.length > 0 && steps < 20_000 && state.phase !== 'ENDED'; steps++) {
    agenda.sort((a, b) => a.at - b.at);
    const [next] = agenda.splice(0, 1);
    now = next.at;
    next.act();
  }
  return { state, published, committed, openFor };
}

describe('a federation in which members die or fall silent, and commits fail', () => {
  it('publishes every round, holds no round open past its deadline, loses no update', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { state, published, committed, openFor } = live(world);
        const { rules } = world;
        expect(state.phase).toBe('ENDED');
        expect(published).toHaveLength(rules.rounds);
        expect(Math.max(...openFor)).toBeLessThanOrEqual(rules.deadlineMs);
        const counted = published.flatMap((updates) => [...updates.values()]);
        expect(counted.sort()).toEqual(committed.sort());
        published.forEach((updates, i) => {
          expect(updates.size).toBeGreaterThanOrEqual(fewest(rules));
          expect(updates.size).toBeLessThanOrEqual(rules.goal);
          for (const [id, digest] of updates) {
            expect(digest).toBe(`${i + 1}/${id}`);
            expect(world.fates[Number(id)]).toBe('answers');
          }
        });
      }),
      { numRuns: 150 },
    );
  });
});

const rules: RoundSettings = {
  rounds: 2,
  goal: 3,
  minimum: 2,
  overSelect: 2,
  ready: 6,
  gatherMs: 100,
  deadlineMs: 1000,
  seed: 7,
};

function played(events: readonly Untimed[], now = 0, from = initialRoundState()) {
  let state: RoundState = from;
  const effects: RoundEffect[] = [];
  for (const event of events) {
    const step = advanceRound(state, { ...event, now } as RoundEvent, rules);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}
const ready = (...ids: string[]) => ids.map((id) => ({ type: 'ready', client: id }) as const);
const update = (...ids: string[]) =>
  ids.map((id) => ({ type: 'update', client: id, digest: `of ${id}` }) as const);
const six = everybody.slice(0, 6);
const opened = played(ready(...six)).state;

describe('over-selection', () => {
  it('closes the round at the goal; whoever answers later is told so', () => {
    const late = () => admitUpdate(state, 'e', 1, 'of e');
    let { state } = played(update('a', 'b'), 10, opened);
    expect(state.cohort).toEqual(new Set(six));
    expect(late()).toEqual({ verdict: 'accept' });
    state = played(update('c'), 10, state).state;
    expect(state.phase).toBe('SEALED');
    expect(late()).toEqual({ verdict: 'refuse', code: 'round-closed' });
    expect([...played(update('e'), 11, state).state.accepted.keys()]).toEqual(['a', 'b', 'c']);
    state = played([{ type: 'published', accuracy: null }], 12, state).state;
    expect(late()).toEqual({ verdict: 'refuse', code: 'round-stale' });
    expect(admitUpdate(state, 'e', 2, 'of e')).toEqual({ verdict: 'accept' });
  });
});

describe('a cohort member that is killed', () => {
  it('does not hold the round beyond its deadline, silent or disconnected', () => {
    const silent = played(update('a', 'b'), 10, opened).state;
    expect(played([{ type: 'tick' }], 999, silent).state.phase).toBe('OPEN');
    expect(played([{ type: 'tick' }], 1000, silent).state.phase).toBe('SEALED');
    const gone = ['c', 'd', 'e', 'f'].map((id) => ({ type: 'gone', client: id }) as const);
    expect(played(gone, 20, silent).state.phase).toBe('SEALED');
  });

  it('is invited again when it returns in time, and its update counts', () => {
    const { state } = played([{ type: 'gone', client: 'a' }], 10, opened);
    const back = played(ready('a'), 500, state);
    expect(back.effects).toEqual([{ type: 'invite', client: 'a', round: 1, deadline: 1000 }]);
    expect(played(update('a'), 600, back.state).state.accepted.get('a')).toBe('of a');
  });
});

describe('an abandoned attempt', () => {
  it('leaves its updates to the next one, which needs only the rest', () => {
    const one = played(update('a'), 10, opened).state;
    const next = played([{ type: 'tick' }], 1000, one);
    expect(next.effects.map(({ type }) => type)).toEqual(['abandon', 'open', 'wake']);
    expect(next.state).toMatchObject({ phase: 'OPEN', round: 1, attempt: 2, deadline: 2000 });
    expect(next.state.cohort).toEqual(new Set(['b', 'c', 'd', 'e', 'f']));
    expect(admitUpdate(next.state, 'a', 1, 'of a')).toEqual({ verdict: 'repeat' });
    const done = played(update('b', 'c'), 1100, next.state);
    expect(done.effects).toEqual([{ type: 'seal', round: 1 }]);
    expect([...done.state.accepted.keys()]).toEqual(['a', 'b', 'c']);
  });
});
