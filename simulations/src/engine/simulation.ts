/** What a simulation needs, and what it gives: data in, data out. */
import type { GlobalModel, LabeledBits, Task } from '@fedhybnn/shared';
import type { Attack } from '../attacks/index.js';
import type { Partition } from '../partitions/index.js';

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
  /** Threads that train, at least 1; the result does not depend on it. */
  readonly workers: number;
  /** Replaces what attackers send; in process only. */
  readonly attack?: Attack | undefined;
  readonly onRound?: (round: RoundMetrics) => void;
  /** Stops after the round being played; what was published stays valid. */
  readonly signal?: AbortSignal;
}

/** One published round. */
export interface RoundMetrics {
  readonly round: number;
  /** Central accuracy in [0, 1]. */
  readonly accuracy: number;
  /** Mean training loss of the counted clients; null where the coordinator does not see it. */
  readonly loss: number | null;
  readonly counted: number;
  /** Of these, left out of the tally by the task's defenses. */
  readonly screened: number;
  /** The round did harm by the test samples, and changed nothing. */
  readonly rolledBack: boolean;
  /** Bytes of the accepted update frames. */
  readonly uplinkBytes: number;
  /** Bytes of the step file, once for each cohort member. */
  readonly downlinkBytes: number;
  /** Hash of the published model. */
  readonly modelHash: string;
  /** Wall time of the round in seconds. */
  readonly seconds: number;
}

export interface SimulationResult {
  readonly rounds: readonly RoundMetrics[];
  readonly parameters: number;
  /** Wall time of all rounds in seconds, without loading and extraction. */
  readonly seconds: number;
  /** The last published model, and its hash. */
  readonly model: GlobalModel;
  readonly modelHash: string;
}

/** Ids of the virtual clients: padded, so that their order is that of their numbers. */
export function virtualClientId(index: number, clients: number): string {
  return `client-${String(index).padStart(String(clients - 1).length, '0')}`;
}
