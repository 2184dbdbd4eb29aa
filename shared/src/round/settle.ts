/**
 * What a state calls for, whatever event led to it: open a round, seal it, abandon it, or wait.
 * {@link settle} is called after every change, so no order of events can miss an opening or a
 * deadline.
 */
import { deriveSeed } from '../random/seed.js';
import { selectCohort } from './cohort.js';
import type { RoundEffect, RoundSettings, RoundState, RoundTransition } from './round.js';

/** Opens, seals or abandons a round if it is time to. */
export function settle(state: RoundState, now: number, settings: RoundSettings): RoundTransition {
  if (state.phase === 'WAITING') return settleWaiting(state, now, settings);
  if (state.phase === 'OPEN') return settleOpen(state, now, settings);
  // Only a lost update can take a sealed round back.
  if (state.phase === 'SEALED' && state.accepted.size < fewest(settings)) {
    return abandon(state, 'after a failed commit', now, settings);
  }
  return { state, effects: [] };
}

/** Fewest updates that may be published: the goal is always enough, even one below the minimum. */
function fewest({ minimum, goal }: RoundSettings): number {
  return Math.min(minimum, goal);
}

/**
 * How many clients are there, connected or with an update of an earlier attempt, how many a round
 * takes at least, and whether the state waits for more of them.
 */
export function gathering(
  { phase, missing, accepted }: RoundState,
  settings: RoundSettings,
): { readonly ready: number; readonly needed: number; readonly short: boolean } {
  const [ready, needed] = [missing + accepted.size, fewest(settings)];
  return { ready, needed, short: phase === 'WAITING' && ready < needed };
}

/** When a state wants a tick, or null: the open round's deadline, or the end of the gathering. */
export function dueAt(state: RoundState, settings: RoundSettings): number | null {
  if (state.phase === 'OPEN') return state.deadline;
  return state.gatheringSince === null ? null : state.gatheringSince + settings.gatherMs;
}

/** The end of the federation, from any state. */
export function ended(state: RoundState, reason: string): RoundTransition {
  return {
    state: {
      ...{ ...state, phase: 'ENDED', cohort: new Set(), awaited: 0 },
      ...{ deadline: null, gatheringSince: null },
    },
    effects: [{ type: 'ended', reason }],
  };
}

/**
 * Clients whose update was accepted in an earlier attempt are not chosen again; they count toward
 * `ready`, `minimum` and `goal` as if they had just answered, connected or not.
 */
function settleWaiting(state: RoundState, now: number, settings: RoundSettings): RoundTransition {
  const { accepted, missing: eligible } = state;
  if (accepted.size >= settings.goal) return seal(state);
  if (state.afterRound === 'end') {
    // What was acked counts if that makes a round.
    return accepted.size >= fewest(settings) ? seal(state) : ended(state, 'ended by the operator');
  }
  const present = eligible + accepted.size;
  if (eligible > 0 && present >= Math.max(settings.ready, cohortSize(settings))) {
    return open(state, now, settings);
  }
  if (present < fewest(settings)) {
    return { state: { ...state, gatheringSince: null }, effects: [] };
  }
  // A clock that was set back must not make the wait longer than agreed.
  const since = Math.min(state.gatheringSince ?? now, now);
  if (now - since < settings.gatherMs) {
    return { state: { ...state, gatheringSince: since }, effects: [] };
  }
  return eligible > 0 ? open(state, now, settings) : seal(state);
}

function cohortSize({ goal, overSelect }: RoundSettings): number {
  return Math.ceil(goal * overSelect);
}

/** Opens an attempt with the ready clients whose update is missing, or a sample of them. */
function open(state: RoundState, now: number, settings: RoundSettings): RoundTransition {
  const { round, attempt, accepted, ready } = state;
  const missing = accepted.size === 0 ? ready : [...ready].filter((id) => !accepted.has(id));
  const seed = deriveSeed(settings.seed, 'cohort', round, attempt);
  const cohort = selectCohort(missing, cohortSize(settings) - accepted.size, seed);
  const deadline = now + settings.deadlineMs;
  return {
    state: {
      ...{ ...state, phase: 'OPEN', cohort: new Set(cohort), awaited: cohort.length },
      ...{ deadline, gatheringSince: null },
    },
    effects: [{ type: 'open', round, attempt, cohort, deadline }],
  };
}

/**
 * Members who went away may come back until the deadline, so their absence alone abandons nothing;
 * but nobody waits for them once the minimum is there, or while others could make it.
 */
function settleOpen(state: RoundState, now: number, settings: RoundSettings): RoundTransition {
  const { accepted, awaited, missing, deadline } = state;
  if (accepted.size >= settings.goal) return seal(state);
  const enough = accepted.size >= fewest(settings);
  if (enough && awaited === 0) return seal(state);
  const others = missing > 0 && missing + accepted.size >= fewest(settings);
  if (awaited === 0 && others && state.afterRound === 'continue') {
    return abandon(state, 'when all others of the cohort were gone', now, settings);
  }
  if (deadline !== null && now < deadline) {
    // A clock that was set back must not make the round longer than agreed.
    const latest = Math.min(deadline, now + settings.deadlineMs);
    return { state: { ...state, deadline: latest }, effects: [] };
  }
  return enough ? seal(state) : abandon(state, 'at the deadline', now, settings);
}

function seal(state: RoundState): RoundTransition {
  return {
    state: { ...state, phase: 'SEALED', deadline: null, gatheringSince: null },
    effects: [{ type: 'seal', round: state.round }],
  };
}

/** Same round, next attempt; accepted updates stay. */
function abandon(
  state: RoundState,
  when: string,
  now: number,
  settings: RoundSettings,
): RoundTransition {
  const { round, attempt, accepted, cohort } = state;
  const effect: RoundEffect = {
    type: 'abandon',
    round,
    attempt,
    reason: `${accepted.size} updates ${when}, fewer than the minimum of ${fewest(settings)} (cohort of ${cohort.size})`,
  };
  const waiting: RoundState = {
    ...state,
    phase: 'WAITING',
    attempt: attempt + 1,
    cohort: new Set(),
    awaited: 0,
    deadline: null,
  };
  const next =
    state.afterRound === 'end'
      ? ended(waiting, 'ended by the operator')
      : state.afterRound === 'pause'
        ? { state: paused(waiting), effects: [] }
        : settle(waiting, now, settings);
  return { state: next.state, effects: [effect, ...next.effects] };
}

function paused(state: RoundState): RoundState {
  return { ...state, phase: 'PAUSED', afterRound: 'continue' };
}
