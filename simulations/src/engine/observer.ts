import type { GlobalModel, RoundContext, Rule, Verdicts } from '@fedhybnn/shared';
import type { RoundExtra, RoundMetrics } from './round-metrics.js';

/** An update that the round machine accepted. */
export interface AcceptedUpdate {
  /** Index of the virtual client. */
  readonly client: number;
  /** The rule's payload, as it arrived. */
  readonly payload: Uint8Array;
}

/** A published round as an observer sees it. Nothing of it may be changed. */
export interface PlayedRound {
  /** What earlier observers measured is under `extra` already. */
  readonly metrics: RoundMetrics;
  readonly model: GlobalModel;
  readonly previousModel: GlobalModel;
  readonly context: RoundContext;
  readonly rule: Rule;
  /** Indices of the clients whose updates were accepted, in the order of their arrival. */
  readonly clients: readonly number[];
  /** In the order of their arrival; empty where no observer asks for updates. */
  readonly updates: readonly AcceptedUpdate[];
  /** By client id; null where the task has no defense that tells clients apart. */
  readonly verdicts: Verdicts | null;
}

/** Measures rounds of a federation in process. Cannot change what is published. */
export interface RoundObserver {
  /** True where {@link PlayedRound.updates} is needed: all of a round are then held at once. */
  readonly needsUpdates?: boolean;
  /**
   * Called once for each published round, in order, before it is told to anyone else.
   * @returns numbers under names that no other observer uses, or nothing for this round
   */
  observe(round: PlayedRound): RoundExtra | undefined | Promise<RoundExtra | undefined>;
}
