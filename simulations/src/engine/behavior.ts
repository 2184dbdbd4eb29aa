/**
 * When virtual clients are there and how long they take, in simulated time: milliseconds from the
 * start of the federation. The round machine sees these times as a coordinator sees its clock.
 *
 * A behavior is a pure function of its seed and its arguments, so that a resumed run finds it again.
 */

/** A client was chosen for a round, or came back while its update is awaited. */
export interface Invitation {
  /** Index of the virtual client. */
  readonly client: number;
  /** From 1. */
  readonly round: number;
  /** Attempt at the round, from 1. */
  readonly attempt: number;
  readonly nowMs: number;
  /** Bytes of the update frame; the most, where updates are entropy-coded. */
  readonly uplinkBytes: number;
  /** Bytes of the step file that a client receives; the most, where steps are entropy-coded. */
  readonly downlinkBytes: number;
}

/** What an invited client does. */
export type Answer =
  /** Its update arrives so long after the invitation, unless the client is gone by then. */
  | { readonly kind: 'update'; readonly afterMs: number }
  /** Its connection is lost; it is ready again after `backAfterMs`, both from the invitation. */
  | { readonly kind: 'drop-out'; readonly afterMs: number; readonly backAfterMs: number }
  /** It stays connected and never answers. */
  | { readonly kind: 'silence' };

/** A client comes or goes. */
export interface PresenceChange {
  readonly atMs: number;
  readonly client: number;
  readonly ready: boolean;
}

export interface Behavior {
  answer(invitation: Invitation): Answer;
  /**
   * Comings and goings from a time on, ascending by `atMs`, without end if need be: first whoever is
   * ready at `fromMs`, then the changes. Taken lazily. Absent: every client is always ready.
   */
  presence?(fromMs: number): Iterable<PresenceChange>;
}

/** Everybody is there and answers at once. */
export const PROMPT: Behavior = { answer: () => ({ kind: 'update', afterMs: 0 }) };
