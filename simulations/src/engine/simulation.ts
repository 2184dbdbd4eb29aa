/** What a simulation needs, and what it gives: data in, data out. */
import type { GlobalModel, LabeledBits, Rule, Task } from '@fedhybnn/shared';
import type { Attack } from '../attacks/forge.js';
import type { Partition } from '../partitions/index.js';
import type { Behavior } from './behavior.js';
import type { Checkpoint, Memory, Resumed } from './checkpoint.js';
import type { RoundObserver } from './observer.js';
import type { RoundMetrics } from './round-metrics.js';

export interface Simulation {
  readonly task: Task;
  /** Bytes of the extractor that the task names: a coordinator serves them. */
  readonly extractorFile: Uint8Array;
  /** Training samples; virtual clients share this one copy. */
  readonly training: LabeledBits;
  /** Test samples, for the central evaluation after every round. */
  readonly test: LabeledBits;
  /** The rows of `training` that each virtual client holds. */
  readonly partition: Partition;
  /** In the place of the task's model of round 0; in process only. */
  readonly initial?: GlobalModel | undefined;
  /** Threads that train, at least 1; the result does not depend on it. */
  readonly workers: number;
  /**
   * In the place of the task's, which must be `fedavg` and is what clients train by; in process only.
   * All updates of a round are then held at once.
   */
  readonly rule?: Rule | undefined;
  /** Replaces what attackers send; in process only. */
  readonly attack?: Attack | undefined;
  /** When clients are there and how long they take; in process only. Default: everybody, at once. */
  readonly behavior?: Behavior | undefined;
  /** Measure published rounds; in process only. Called in this order. */
  readonly observers?: readonly RoundObserver[] | undefined;
  /** Evaluate only every n-th round and the last one; in process only. Default 1. */
  readonly evaluateEvery?: number | undefined;
  /** What remembers across rounds; in process only. */
  readonly memories?: readonly Memory[] | undefined;
  /** Go on from there; in process only. */
  readonly resumed?: Resumed | undefined;
  /** Awaited. @param checkpoint from which a run goes on after this round; in process only */
  readonly onRound?: (round: RoundMetrics, checkpoint?: Checkpoint) => unknown;
  /** Stops before the next round is published; what was published stays valid. */
  readonly signal?: AbortSignal;
}

export interface SimulationResult {
  readonly rounds: readonly RoundMetrics[];
  readonly parameters: number;
  /** Wall time of all rounds in seconds, without loading and extraction; of earlier sittings, too. */
  readonly seconds: number;
  /** Central accuracy of the last published model, in [0, 1]. */
  readonly accuracy: number;
  /** The last published model, and its hash. */
  readonly model: GlobalModel;
  readonly modelHash: string;
}
