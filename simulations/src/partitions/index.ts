export { DealtPartition, type Partition } from './dealt.js';
export {
  type PartitionSpec,
  parsePartition,
  partition,
  shownPartition,
} from './partition.js';
