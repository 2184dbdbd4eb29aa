/**
 * Where local training runs: in this thread, in a pool of threads, in a page's worker. A trainer may
 * serve many clients; all kinds give the same bytes.
 */
import type { EpochProgress, GlobalModel, LabeledBits, LocalUpdate, Task } from '@fedhybnn/shared';

export interface TrainingRequest {
  /** The model that the round starts from. */
  readonly global: GlobalModel;
  /** From 1. */
  readonly round: number;
  /** The round's public seed. */
  readonly roundSeed: string;
  /** The later round that the update is for, if any; of rules with votes. */
  readonly updateFor?: number | undefined;
  /** The client's id. */
  readonly client: string;
  readonly onEpoch?: ((progress: EpochProgress) => void) | undefined;
  /** The update is not wanted any more; a trainer may then stop early or finish in vain. */
  readonly signal?: AbortSignal | undefined;
}

/** A client's data, ready to be trained on. */
export interface PreparedTraining {
  /** Rejects with the signal's reason if that is aborted. */
  train(request: TrainingRequest): Promise<LocalUpdate>;
}

export interface Trainer {
  /**
   * Takes a client's data in.
   * @param samples the client's rows of `data`, where many clients share one copy; default all
   */
  prepare(task: Task, data: LabeledBits, samples?: Uint32Array): Promise<PreparedTraining>;
  /** Ends threads and frees memory; training under way rejects. */
  close(): Promise<void>;
}
