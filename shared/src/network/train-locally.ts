/**
 * One client's part of a round: what goes in and what comes out of `LocalTrainer.trainLocally`. A
 * virtual client, a headless client and a phone run that function, and give the same bytes.
 */
import type { Seed } from '../random/seed.js';
import type { GlobalModel } from '../rules/rule.js';
import type { Task } from '../task/task.js';
import type { LabeledBits } from './labeled-bits.js';

export interface LocalTraining {
  readonly task: Task;
  /** The model that the round starts from. */
  readonly global: GlobalModel;
  /** The round being played, from 1 (= global.round + 1). */
  readonly round: number;
  /** The round's public seed. */
  readonly roundSeed: Seed;
  /**
   * The round that the update is for, where that is a later one: rules that vote on some coordinates
   * of a round then vote on those of this one. Default: the round of the training.
   */
  readonly updateFor?: number | undefined;
  /** The client's id: with the round's seed, the root of its own randomness. */
  readonly client: string;
  readonly data: LabeledBits;
  /** The client's rows of `data`, where many virtual clients share one copy; all rows if absent. */
  readonly samples?: Uint32Array | undefined;
  readonly onEpoch?: ((progress: EpochProgress) => void) | undefined;
}

export interface EpochProgress {
  readonly epoch: number;
  readonly epochs: number;
  /** Mean loss of the epoch's batches. */
  readonly loss: number;
}

export interface LocalUpdate {
  /** The rule's payload (not yet a frame). */
  readonly payload: Uint8Array;
  /** Mean loss of the last epoch. */
  readonly loss: number;
  readonly samples: number;
}
