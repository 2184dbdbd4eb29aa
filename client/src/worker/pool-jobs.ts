/**
 * What a `NodePool` and its threads say to each other. Large parts lie in shared memory and are
 * known by a key: a thread keeps what it made of
 * them.
 */
import type { EpochProgress, LocalUpdate, Task } from '@fedhybnn/shared';
import type { SharedModel } from './model-slots.js';
import type { PlainBits } from './shared-memory.js';

/** Samples of a task. */
export interface SharedData {
  /** Hash of the task. */
  readonly taskKey: string;
  readonly task: Task;
  readonly dataKey: number;
  readonly data: PlainBits;
}

export interface TrainingJob extends SharedData {
  readonly model: SharedModel;
  readonly samples: Uint32Array | undefined;
  readonly round: number;
  readonly roundSeed: string;
  readonly updateFor: number | undefined;
  readonly client: string;
  /** Number of the job where its progress is wanted. */
  readonly job: number | undefined;
  /** One integer in shared memory where the job may be canceled; not 0: stop at the next epoch. */
  readonly canceled: Int32Array | undefined;
}

export interface EvaluationJob extends SharedData {
  readonly model: SharedModel;
}

/** What a thread tells while it works on a job. */
export interface PoolProgress {
  readonly job: number;
  readonly progress: EpochProgress;
}

/** What a thread answers to a training job; null if it was canceled. */
export interface TrainingResult {
  readonly update: LocalUpdate;
  /** All epochs, since messages take another way than the answer and may come too late. */
  readonly epochs: readonly EpochProgress[];
}
