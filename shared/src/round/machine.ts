/** The round state machine: pure, so that every order of events can be tested. See `round.ts`. */
import { presenceOf, withoutReady, withoutUpdate, withReady, withUpdate } from './presence.js';
import type {
  RoundEffect,
  RoundEvent,
  RoundSettings,
  RoundState,
  RoundTransition,
} from './round.js';
import { dueAt, ended, settle } from './settle.js';

/** Where a federation was, as its store remembers it; and who is there, if that is known at once. */
export interface ResumedRound {
  /** The round to play next. */
  readonly round: number;
  /** The attempt to make next: one that was never opened. */
  readonly attempt: number;
  /** Accepted updates of the unpublished round: client → digest. */
  readonly accepted: ReadonlyMap<string, string>;
  /** `ENDING`: the operator asked for the end while a round was being played. */
  readonly phase: 'WAITING' | 'PAUSED' | 'ENDING' | 'ENDED';
  /** Clients that are ready from the start (a simulation's). */
  readonly ready: Iterable<string>;
}

/**
 * The state at the start, or after a restart (whatever is absent is as at the start). It may
 * already call for something: feed it a `tick`.
 */
export function initialRoundState(resumed: Partial<ResumedRound> = {}): RoundState {
  const { phase = 'WAITING', round = 1, attempt = 1, ready, accepted } = resumed;
  return {
    phase: phase === 'ENDING' ? 'WAITING' : phase,
    round,
    attempt,
    ...presenceOf(ready, accepted),
    cohort: new Set(),
    deadline: null,
    gatheringSince: null,
    afterRound: phase === 'ENDING' ? 'end' : 'continue',
  };
}

/**
 * One step of the machine. An event that means nothing in a state changes nothing, so late, early
 * and repeated events are harmless, and so is a clock that jumps.
 */
export function advanceRound(
  state: RoundState,
  event: RoundEvent,
  settings: RoundSettings,
): RoundTransition {
  if (state.phase === 'ENDED') return unchanged(state);
  const next = respond(state, event, settings);
  const due = dueAt(next.state, settings);
  // A tick that came too early has used up its wake-up call: ask for another.
  const asked = due === dueAt(state, settings) && event.type !== 'tick';
  if (due === null || asked) return next;
  return { state: next.state, effects: [...next.effects, { type: 'wake', at: due }] };
}

function respond(state: RoundState, event: RoundEvent, settings: RoundSettings): RoundTransition {
  switch (event.type) {
    case 'ready':
      return onReady(state, event.client, event.now, settings);
    case 'gone': {
      if (!state.ready.has(event.client)) return unchanged(state);
      return settle(withoutReady(state, event.client), event.now, settings);
    }
    case 'update': {
      if (state.phase !== 'OPEN' || !state.cohort.has(event.client)) return unchanged(state);
      if (state.accepted.has(event.client)) return unchanged(state);
      return settle(withUpdate(state, event.client, event.digest), event.now, settings);
    }
    case 'update-lost': {
      if (!state.accepted.has(event.client)) return unchanged(state);
      return settle(withoutUpdate(state, event.client), event.now, settings);
    }
    case 'tick':
      return settle(state, event.now, settings);
    case 'published':
      return onPublished(state, event.accuracy, event.now, settings);
    case 'pause':
      return unchanged(onPause(state));
    case 'resume':
      return settle(onResume(state), event.now, settings);
    case 'end':
      return settle(onEnd(state), event.now, settings);
  }
}

function unchanged(state: RoundState): RoundTransition {
  return { state, effects: [] };
}

function onReady(
  state: RoundState,
  client: string,
  now: number,
  settings: RoundSettings,
): RoundTransition {
  const next = settle(withReady(state, client), now, settings);
  const { phase, round, attempt, deadline, cohort, accepted } = next.state;
  const missing = cohort.has(client) && !accepted.has(client);
  const still = state.phase === 'OPEN' && phase === 'OPEN' && attempt === state.attempt;
  if (!still || !missing || deadline === null) return next;
  const invite: RoundEffect = { type: 'invite', client, round, deadline };
  return { state: next.state, effects: [invite, ...next.effects] };
}

function onPublished(
  state: RoundState,
  accuracy: number | null,
  now: number,
  settings: RoundSettings,
): RoundTransition {
  if (state.phase !== 'SEALED') return unchanged(state);
  const { rounds, targetAccuracy } = settings;
  if (state.round >= rounds) return ended(state, `all ${rounds} rounds are published`);
  if (targetAccuracy !== undefined && accuracy !== null && accuracy >= targetAccuracy) {
    return ended(state, `accuracy ${accuracy} reached the target of ${targetAccuracy}`);
  }
  if (state.afterRound === 'end') return ended(state, 'ended by the operator');
  const next: RoundState = {
    ...state,
    phase: state.afterRound === 'pause' ? 'PAUSED' : 'WAITING',
    round: state.round + 1,
    attempt: 1,
    ...presenceOf(state.ready),
    cohort: new Set(),
    afterRound: 'continue',
  };
  return settle(next, now, settings);
}

/** At once where no round is open, else after the round; a requested end stands. */
function onPause(state: RoundState): RoundState {
  if (state.phase === 'PAUSED' || state.afterRound === 'end') return state;
  if (state.phase === 'WAITING') return { ...state, phase: 'PAUSED', gatheringSince: null };
  return { ...state, afterRound: 'pause' };
}

/** At once where no round is open and none can be published, else after the round. */
function onEnd(state: RoundState): RoundState {
  const phase = state.phase === 'PAUSED' ? 'WAITING' : state.phase;
  return { ...state, phase, afterRound: 'end' };
}

function onResume(state: RoundState): RoundState {
  if (state.phase === 'PAUSED') return { ...state, phase: 'WAITING' };
  return state.afterRound === 'pause' ? { ...state, afterRound: 'continue' } : state;
}
