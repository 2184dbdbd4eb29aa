/** The options of `run`, parsed once at the edge. */
import { FederationError, type RuleSettings } from '@fedhybnn/shared';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type PartitionSpec, parsePartition } from '../partitions/index.js';

export interface RunOptions {
  readonly dataset: string;
  readonly extractor: string;
  readonly hidden: readonly number[];
  readonly outputLayer: 'hadamard' | 'trained';
  readonly clients: number;
  readonly cohort: number;
  readonly rounds: number;
  readonly epochs: number;
  readonly batch: number;
  readonly partition: PartitionSpec;
  readonly rule: RuleSettings['kind'];
  readonly mode: 'in-process' | 'wire';
  readonly seed: number;
  readonly workers: number;
  readonly out?: string;
  readonly json: boolean;
}

/** Commander's parser of a whole number in [minimum, maximum]. */
export function wholeNumber(minimum: number, maximum = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= minimum && value <= maximum) {
      return value;
    }
    const range = maximum === Number.MAX_SAFE_INTEGER ? `from ${minimum}` : `${minimum}…${maximum}`;
    throw new InvalidArgumentError(`It must be a whole number ${range}.`);
  };
}

function widths(text: string): number[] {
  return text.split(',').map(wholeNumber(2, 16_384));
}

/** As {@link parsePartition}, with commander's kind of error. */
function partitionOption(text: string): PartitionSpec {
  try {
    return parsePartition(text);
  } catch (error) {
    throw new InvalidArgumentError(FederationError.from(error).message);
  }
}

const option = (flags: string, description: string, variable: string) =>
  new Option(flags, description).env(`FEDHYBNN_${variable}`);

/** Adds the options of `run` to its command. */
export function addRunOptions(command: Command): Command {
  return command
    .addOption(
      option('--dataset <name>', 'data set', 'DATASET').choices(['mnist']).default('mnist'),
    )
    .addOption(
      option(
        '--extractor <name|file>',
        'patches-512, pixels, or an extractor file',
        'EXTRACTOR',
      ).default('patches-512'),
    )
    .addOption(
      option('--hidden <widths>', 'neurons of the hidden layers, such as 512 or 512,256', 'HIDDEN')
        .argParser(widths)
        .default([512], '512'),
    )
    .addOption(
      option('--output-layer <kind>', 'fixed Hadamard code, or trained', 'OUTPUT_LAYER')
        .choices(['hadamard', 'trained'])
        .default('hadamard'),
    )
    .addOption(
      option('--clients <n>', 'virtual clients', 'CLIENTS')
        .argParser(wholeNumber(1, 1_000_000))
        .default(100),
    )
    .addOption(
      option('--cohort <n>', 'clients a round', 'COHORT')
        .argParser(wholeNumber(1, 1_000_000))
        .default(10),
    )
    .addOption(
      option('--rounds <n>', 'rounds', 'ROUNDS').argParser(wholeNumber(1, 1_000_000)).default(30),
    )
    .addOption(
      option('--epochs <n>', 'local epochs a round', 'EPOCHS')
        .argParser(wholeNumber(1, 1000))
        .default(1),
    )
    .addOption(
      option('--batch <n>', 'samples a step', 'BATCH').argParser(wholeNumber(1, 4096)).default(50),
    )
    .addOption(
      option('--partition <spec>', 'iid or dirichlet:α', 'PARTITION')
        .argParser(partitionOption)
        .default({ kind: 'iid' }, 'iid'),
    )
    .addOption(
      option('--rule <name>', 'update rule', 'RULE')
        .choices(['sign-vote', 'fedavg'])
        .default('sign-vote'),
    )
    .addOption(
      option(
        '--mode <mode>',
        'rules called directly, or a real coordinator and clients on sockets',
        'MODE',
      )
        .choices(['in-process', 'wire'])
        .default('in-process'),
    )
    .addOption(
      option('--seed <n>', 'seed of everything random', 'SEED')
        .argParser(wholeNumber(0))
        .default(1),
    )
    .addOption(
      option('--workers <n>', 'training threads; the result does not depend on them', 'WORKERS')
        .argParser(wholeNumber(1, 256))
        .default(2),
    )
    .addOption(option('--out <folder>', 'write run.json and metrics.ndjson there', 'OUT'))
    .addOption(option('--json', 'print one JSON object as the last line', 'JSON').default(false));
}
