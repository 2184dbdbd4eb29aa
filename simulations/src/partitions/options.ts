/** Options of how samples are dealt to clients. */
import { FederationError } from '@fedhybnn/shared';
import type { Command } from 'commander';
import { wholeNumber } from '../run/numbers.js';
import { byParser, option } from '../run/option.js';
import { type FeatureSkew, parseFeatureSkew } from './feature-skew/index.js';
import { type PartitionSpec, parsePartition } from './spec.js';

export interface PartitionOptions {
  readonly partition: PartitionSpec;
  /** Bootstrap samples of each client; absent: the samples are dealt out if there are enough. */
  readonly samplesPerClient?: number;
  readonly featureSkew?: FeatureSkew;
  /** What the partition moves to over the rounds. */
  readonly drift?: PartitionSpec;
  /** Shares of the run. */
  readonly driftSpan?: { readonly from: number; readonly to: number };
  /** In rounds. */
  readonly driftPeriod?: number;
}

export const partitionOption: (text: string) => PartitionSpec = byParser((text) =>
  parsePartition(text),
);

/** Adds them to a command, whose options then are {@link PartitionOptions}. */
export function addPartitionOptions(command: Command): Command {
  return command
    .addOption(
      option(
        '--partition <spec>',
        'iid, dirichlet:α, classes:k, shards:k, quantity:σ or natural (docs/simulator.md)',
        'PARTITION',
      )
        .argParser(partitionOption)
        .default({ kind: 'iid' }, 'iid'),
    )
    .addOption(
      option(
        '--samples-per-client <n>',
        'each client draws so many samples with replacement; iid or dirichlet:α (default: 20 where clients outnumber samples)',
        'SAMPLES_PER_CLIENT',
      ).argParser(wholeNumber(1, 1_000_000)),
    )
    .addOption(
      option(
        '--feature-skew <kinds>',
        "each client's pictures in a way of their own: rotation:DEGREES, noise:S, contrast:F, with commas between",
        'FEATURE_SKEW',
      ).argParser(byParser(parseFeatureSkew)),
    )
    .addOption(
      option(
        '--drift <spec>',
        'partition that the clients move to over the rounds (in process)',
        'DRIFT',
      ).argParser(byParser((text) => parsePartition(text, '--drift'))),
    )
    .addOption(
      option(
        '--drift-span <from-to>',
        'shares of the run between which they move (default: 0-1)',
        'DRIFT_SPAN',
      ).argParser(byParser(parseSpan)),
    )
    .addOption(
      option(
        '--drift-period <rounds>',
        'move there and back in so many rounds, again and again',
        'DRIFT_PERIOD',
      ).argParser(wholeNumber(2, 1_000_000)),
    );
}

/** `0.2-0.8`. */
function parseSpan(text: string): { readonly from: number; readonly to: number } {
  const [, from, to] = (/^([\d.]+)-([\d.]+)$/.exec(text) ?? []).map(Number);
  if (from >= 0 && from < to && to <= 1) return { from, to };
  throw new FederationError(
    'bad-request',
    `--drift-span ${text}: must be two shares of the run, such as 0.2-0.8`,
  );
}
