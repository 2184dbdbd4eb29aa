/** How a simulation deals a data set to virtual clients. Start with `partition.ts`. */
export { type Bootstrap, BootstrapPartition } from './bootstrap.js';
export { registerPartitionCommand } from './command.js';
export { type DealOptions, dealDataset } from './deal.js';
export { DealtPartition, type Partition } from './dealt.js';
export { type Drift, DriftingPartition, type DriftTime, driftProgress } from './drift.js';
export { type FeatureSkew, parseFeatureSkew, shownFeatureSkew } from './feature-skew/index.js';
export type { PartitionOptions } from './options.js';
export { type DealtSamples, partition } from './partition.js';
export { seenByClients, writePartitionPictures } from './pictures.js';
export { type PartitionSpec, parsePartition, shownPartition } from './spec.js';
