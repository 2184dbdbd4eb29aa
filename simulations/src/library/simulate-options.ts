import type { RobustSettings, RuleSettings, Task } from '@fedhybnn/shared';
import type { Attack } from '../attacks/index.js';
import type { Behavior } from '../engine/behavior.js';
import type { RoundObserver } from '../engine/observer.js';
import type { RoundMetrics } from '../engine/round-metrics.js';
import type { SimulationResult } from '../engine/simulation.js';
import type { Partition } from '../partitions/index.js';
import type { CustomRule } from './custom-rule.js';
import type { SimulationSamples } from './samples.js';

/**
 * Deals samples to clients in one's own way.
 * @returns for each client the numbers of the samples that it holds, one at least; two clients may
 * hold the same one
 */
export type PartitionFunction = (samples: {
  /** One label a training sample; all 0 where samples have several labels. */
  readonly labels: Int32Array;
  readonly clients: number;
  readonly seed: number;
}) => readonly ArrayLike<number>[];

/** What is simulated. Only the samples must be given. */
export interface SimulateOptions {
  /** What clients train on. */
  readonly training: SimulationSamples;
  /** What the global model is measured on. */
  readonly test: SimulationSamples;
  /** Names of the labels, in the order of their numbers. Default: the data set's, or the numbers. */
  readonly labels?: readonly string[];
  /**
   * For images, as `--extractor` of the command: `patches` and `pixels` are fitted on the training
   * images, a path is an extractor file. Default: `patches-512` for 28×28 gray images, else `patches`.
   */
  readonly extractor?: string;
  /** Virtual clients. Default 100. */
  readonly clients?: number;
  /** Updates a round. Default 10, or all clients where there are fewer. */
  readonly cohort?: number;
  /** Default 30. */
  readonly rounds?: number;
  /** As `--partition` of the command, a function, or rows that are dealt lazily. Default `iid`. */
  readonly partition?: string | PartitionFunction | Partition;
  /** A rule by name, with settings, or of one's own. Default `block-vote`. */
  readonly rule?: RuleSettings['kind'] | RuleSettings | CustomRule;
  /** Neurons of the hidden layers. Default [512]. */
  readonly hidden?: readonly number[];
  /** As `--attack` of the command, such as `collusion:0.2`, or a function of the updates of a round. */
  readonly attack?: string | Attack;
  /** As `--robust` of the command, such as `outliers,reputation`, or settings. */
  readonly robust?: string | RobustSettings;
  /**
   * Begins with this model of the same head in the place of the one that the task makes of its seed:
   * what an earlier simulation gave, or a model alone, whose size is all that is checked.
   */
  readonly initial?: Pick<Simulated, 'model'> & Partial<Pick<Simulated, 'task'>>;
  /** The last word on the task document: training settings, schedule, head … */
  readonly task?: (task: Task) => Task;
  /** Measure each round; their numbers are in its metrics under `extra`. */
  readonly observers?: readonly RoundObserver[];
  /** When clients are there and how long they take. Default: always, and no time. */
  readonly behavior?: Behavior;
  /** Evaluate every n-th round, and the last. Default 1. */
  readonly evaluateEvery?: number;
  readonly onRound?: (round: RoundMetrics) => void;
  /** Stops the simulation; what was published stays valid. */
  readonly signal?: AbortSignal;
  /** Seed of everything random. Default 1. */
  readonly seed?: number;
  /** Threads that train; the result does not depend on them. Default 2. */
  readonly workers?: number;
}

/** What comes out. */
export interface Simulated extends SimulationResult {
  /** What was played; a coordinator can play it for real, unless the rule is one's own. */
  readonly task: Task;
  /** The extractor that the task names. */
  readonly extractorFile: Uint8Array;
}
