/**
 * The simulator as a library: {@link simulate} and what its options are made of. Data sets are in
 * `@fedhybnn/client/node` (`loadMnist` …), tasks, rules and latent bits in `@fedhybnn/shared`.
 */
export type {
  Attack,
  CohortUpdate,
  ImageSource,
  LabeledImages,
} from './attacks/index.js';
export type {
  Answer,
  Behavior,
  Invitation,
  PresenceChange,
} from './engine/behavior.js';
export type { AcceptedUpdate, PlayedRound, RoundObserver } from './engine/observer.js';
export type { RoundExtra, RoundMetrics } from './engine/round-metrics.js';
export type { SimulationResult } from './engine/simulation.js';
export type { CustomRule } from './library/custom-rule.js';
export type { SimulationSamples } from './library/samples.js';
export { simulate } from './library/simulate.js';
export type { PartitionFunction, Simulated, SimulateOptions } from './library/simulate-options.js';
export type { Partition } from './partitions/index.js';
