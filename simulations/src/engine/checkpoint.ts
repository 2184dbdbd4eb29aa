/**
 * Where a federation stands between two rounds: what a run that was stopped needs to go on as if it
 * had not been. Everything else follows from the task, the seed and the round.
 */
import type { Experience, GlobalModel } from '@fedhybnn/shared';
import type { PresenceChange } from './behavior.js';
import type { RoundMetrics } from './round-metrics.js';

/** What can be written as JSON and read again unchanged. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json };

/**
 * Something plugged in that remembers across rounds what no seed gives back. Saved once a round,
 * after the observers have seen it and before the next round's attack is asked.
 */
export interface Memory {
  /** One of its own among the memories of a simulation. */
  readonly name: string;
  save(): Json;
  /** Called before the first round of a resumed run. */
  restore(saved: Json): void;
}

export interface Checkpoint {
  /** Rounds that are published. */
  readonly round: number;
  /** Simulated milliseconds since the start. */
  readonly nowMs: number;
  readonly model: GlobalModel;
  /** What the defenses have learned. */
  readonly experience: Experience;
  /** Ids of the clients that are ready. */
  readonly ready: ReadonlySet<string>;
  /** Clients that lost their connection, or are about to: what happens to them next, in order. */
  readonly changes: readonly PresenceChange[];
  /** By name. */
  readonly memories: Readonly<Record<string, Json>>;
}

/** A run that goes on. */
export interface Resumed {
  readonly checkpoint: Checkpoint;
  /** Those that are published, from the first on. */
  readonly rounds: readonly RoundMetrics[];
}
