export {
  type Partition,
  type PartitionSpec,
  parsePartition,
  partition,
  shownPartition,
} from './partition.js';
