/** The options of `pretrain --federated`. */
import { FederationError } from '@fedhybnn/shared';
import { type Command, Option } from 'commander';
import type { DatasetSource } from '../datasets/source.js';
import type { PartitionSpec } from '../partitions/index.js';
import { partitionOption } from '../partitions/options.js';
import { wholeNumber } from '../run/numbers.js';

export interface FederatedOptions extends DatasetSource {
  readonly federated: boolean;
  readonly kind: string;
  readonly bits: number;
  readonly filters: number;
  readonly grid: number;
  readonly clients: number;
  readonly cohort: number;
  /** Default: all clients, at most {@link LARGEST_PANEL}. */
  readonly panel?: number;
  readonly rounds: number;
  readonly patches: number;
  readonly images: number;
  readonly partition: PartitionSpec;
  readonly resume: boolean;
  readonly seed: number;
  readonly name?: string;
  readonly out: string;
  readonly json: boolean;
}

/** Clients whose images decide the thresholds, if not said otherwise. */
const LARGEST_PANEL = 100;

/** Options that mean nothing without `--federated`, and the one that means nothing with it. */
const FEDERATED_ONLY = [
  ...['clients', 'cohort', 'panel', 'rounds', 'patches', 'images', 'partition'],
] as const;
const CENTRAL_ONLY = ['samples'] as const;

const option = (flags: string, description: string, variable: string) =>
  new Option(flags, description).env(`FEDHYBNN_${variable}`);

/** Adds them to `pretrain`, which has the others. */
export function addFederatedOptions(command: Command): Command {
  return command
    .addOption(
      option(
        '--federated',
        'virtual clients learn the patches together, and no image leaves one',
        'FEDERATED',
      ).default(false),
    )
    .addOption(
      option('--clients <n>', 'virtual clients (federated)', 'CLIENTS')
        .argParser(wholeNumber(1, 1_000_000))
        .default(100),
    )
    .addOption(
      option('--cohort <n>', 'clients in a round of k-means (federated)', 'COHORT')
        .argParser(wholeNumber(1, 1_000_000))
        .default(10),
    )
    .addOption(
      option(
        '--panel <n>',
        `clients in the rounds for whitening and thresholds (federated; default: all, at most ${LARGEST_PANEL})`,
        'PANEL',
      ).argParser(wholeNumber(1, 1_000_000)),
    )
    .addOption(
      option('--rounds <n>', 'rounds of k-means; there are 5 others (federated)', 'ROUNDS')
        .argParser(wholeNumber(1, 10_000))
        .default(10),
    )
    .addOption(
      option('--patches <n>', 'patches of a client in a round (federated)', 'PATCHES')
        .argParser(wholeNumber(1, 65_535))
        .default(1000),
    )
    .addOption(
      option(
        '--images <n>',
        'images of a client behind the thresholds, at most (federated)',
        'IMAGES',
      )
        .argParser(wholeNumber(1, 65_535))
        .default(100),
    )
    .addOption(
      option('--partition <spec>', 'iid, dirichlet:α or classes:k (federated)', 'PARTITION')
        .argParser(partitionOption)
        .default({ kind: 'iid' }, 'iid'),
    );
}

/**
 * Refuses what was typed for the other way of learning.
 * @throws FederationError `bad-request` naming the option
 */
export function checkFederatedOptions(options: FederatedOptions, command: Command): void {
  const { federated, kind, clients } = options;
  const [others, remedy] = federated
    ? [
        CENTRAL_ONLY,
        'is for learning in one place; --images and --patches say how much clients use',
      ]
    : [FEDERATED_ONLY, 'is for federated learning; add --federated or leave it out'];
  const typed = others.find((name) => command.getOptionValueSource(name) === 'cli');
  if (typed !== undefined) throw new FederationError('bad-request', `--${typed}: ${remedy}`);
  if (!federated) return;
  if (kind !== 'patches') {
    throw new FederationError(
      'bad-request',
      `--kind ${kind}: only patches are learned by a federation; leave out --federated`,
    );
  }
  for (const name of ['cohort', 'panel'] as const) {
    if ((options[name] ?? 0) > clients) {
      throw new FederationError(
        'bad-request',
        `--${name} ${options[name]}: must be at most --clients (${clients})`,
      );
    }
  }
}

export function panelOf({ panel, clients }: FederatedOptions): number {
  return panel ?? Math.min(clients, LARGEST_PANEL);
}
