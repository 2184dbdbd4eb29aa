export { type Partition, type PartitionSpec, parsePartition, partition } from './partition.js';
