/**
 * The words of the round state machine. `(state, event) → {state, effects}`, pure: no clock, no
 * socket, no store. Time comes in with the events, as milliseconds of the coordinator's own clock.
 *
 *   WAITING ──enough ready──▶ OPEN ──goal, deadline or all answered──▶ SEALED ──published──▶ WAITING
 *      ▲                        │ fewer than the minimum at the deadline, or when all who   (next)
 *      │                        │ are awaited went away and others could play
 *      └───────ABANDONED────────┘ same round, next attempt; accepted updates are carried over
 *   any ──last round published, target reached or operator──▶ ENDED
 *
 * An abandoned attempt keeps its accepted updates for the next attempt of the same round: the base
 * model is the same, so their votes are as good, and no acked update is ever lost.
 */
import type { FederationSettings } from '../task/task.js';

export type RoundPhase = 'WAITING' | 'OPEN' | 'SEALED' | 'PAUSED' | 'ENDED';

export interface RoundState {
  readonly phase: RoundPhase;
  /** The round being played or awaited, from 1. */
  readonly round: number;
  /** Attempt at this round, from 1. */
  readonly attempt: number;
  /** Connected clients that want to take part. */
  readonly ready: ReadonlySet<string>;
  /** Clients chosen for the open attempt. */
  readonly cohort: ReadonlySet<string>;
  /** Accepted updates of this round: client → digest; survives abandonment. */
  readonly accepted: ReadonlyMap<string, string>;
  /** How many ready clients have no accepted update. */
  readonly missing: number;
  /** How many of them are in the cohort: whose answer is awaited. */
  readonly awaited: number;
  /** When the open attempt ends, or null. */
  readonly deadline: number | null;
  /** Since when at least `minimum` clients are ready while WAITING, or null. */
  readonly gatheringSince: number | null;
  /** What happens after the round being played: the next one, a pause, or the end. */
  readonly afterRound: 'continue' | 'pause' | 'end';
}

export type RoundEvent =
  | { readonly type: 'ready'; readonly client: string; readonly now: number }
  | { readonly type: 'gone'; readonly client: string; readonly now: number }
  /** A valid update that the caller is about to commit; ask {@link admitUpdate} first. */
  | {
      readonly type: 'update';
      readonly client: string;
      readonly digest: string;
      readonly now: number;
    }
  /** A commit failed: the update counts as never received. */
  | { readonly type: 'update-lost'; readonly client: string; readonly now: number }
  | { readonly type: 'tick'; readonly now: number }
  | { readonly type: 'published'; readonly accuracy: number | null; readonly now: number }
  | { readonly type: 'pause'; readonly now: number }
  | { readonly type: 'resume'; readonly now: number }
  | { readonly type: 'end'; readonly now: number };

export type RoundEffect =
  /** Tell the cohort to start; no member of it has an accepted update yet. */
  | {
      readonly type: 'open';
      readonly round: number;
      readonly attempt: number;
      readonly cohort: readonly string[];
      readonly deadline: number;
    }
  /** A cohort member (re)connected while its round is open and its update is missing. */
  | {
      readonly type: 'invite';
      readonly client: string;
      readonly round: number;
      readonly deadline: number;
    }
  /**
   * Tally and publish the accepted updates, once their commits are done: if one of them fails, an
   * `abandon` may take the round back.
   */
  | { readonly type: 'seal'; readonly round: number }
  | {
      readonly type: 'abandon';
      readonly round: number;
      readonly attempt: number;
      readonly reason: string;
    }
  /** Feed a `tick` at this time at the latest. */
  | { readonly type: 'wake'; readonly at: number }
  | { readonly type: 'ended'; readonly reason: string };

export interface RoundTransition {
  readonly state: RoundState;
  readonly effects: readonly RoundEffect[];
}

/** The part of a task that the state machine reads. */
export type RoundSettings = Pick<
  FederationSettings,
  | 'rounds'
  | 'goal'
  | 'minimum'
  | 'overSelect'
  | 'ready'
  | 'gatherMs'
  | 'deadlineMs'
  | 'seed'
  | 'targetAccuracy'
>;

/** What to do with an update that arrives for `round` from `client`. */
export type Admission =
  | { readonly verdict: 'accept' }
  /** Same client, round and digest: answer with the receipt of the first. */
  | { readonly verdict: 'repeat' }
  | {
      readonly verdict: 'refuse';
      readonly code:
        | 'update-conflict'
        | 'round-stale'
        | 'round-future'
        | 'round-closed'
        | 'not-in-cohort'
        | 'federation-ended';
    };
