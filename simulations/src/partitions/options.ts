/** Options of how samples are dealt to clients. */
import type { Command } from 'commander';
import { byParser, option } from '../run/option.js';
import { type PartitionSpec, parsePartition } from './partition.js';

export interface PartitionOptions {
  readonly partition: PartitionSpec;
}

export const partitionOption: (text: string) => PartitionSpec = byParser(parsePartition);

/** Adds them to a command, whose options then are {@link PartitionOptions}. */
export function addPartitionOptions(command: Command): Command {
  return command.addOption(
    option('--partition <spec>', 'iid, dirichlet:α or classes:k', 'PARTITION')
      .argParser(partitionOption)
      .default({ kind: 'iid' }, 'iid'),
  );
}
