/** `fedhybnn-simulate partition`: deals a data set, tells and draws who holds what; nothing is trained. */
import type { Dataset } from '@fedhybnn/client/node';
import { samplesOf } from '@fedhybnn/client/node';
import Table from 'cli-table3';
import type { Command } from 'commander';
import { addDatasetOptions } from '../datasets/options.js';
import { type DatasetSource, loadDataset, shownDataset } from '../datasets/source.js';
import { wholeNumber } from '../run/numbers.js';
import { option } from '../run/option.js';
import { type DealOptions, dealDataset } from './deal.js';
import { shownFeatureSkew } from './feature-skew/index.js';
import { addPartitionOptions } from './options.js';
import { seenByClients, writePartitionPictures } from './pictures.js';
import { statisticsOf } from './show.js';
import { shownPartition } from './spec.js';
import type { PartitionStatistics } from './statistics.js';

interface PartitionCommandOptions extends DatasetSource, DealOptions {
  /** Folder of the pictures. */
  readonly picture?: string;
  readonly json: boolean;
}

/** The contract of `partition --json`: figures of the first round, and of the last of a drift. */
export interface PartitionSummary extends PartitionStatistics {
  readonly dataset: string;
  readonly partition: string;
  readonly featureSkew?: string;
  readonly drift?: string;
  readonly last?: PartitionStatistics;
}

/** Adds `partition` to a program. */
export function registerPartitionCommand(program: Command): void {
  const command = program
    .command('partition')
    .description('deals a data set to virtual clients and shows who holds what');
  addPartitionOptions(addDatasetOptions(command.optionsGroup('Data:')));
  command
    .addOption(
      option('--clients <n>', 'virtual clients', 'CLIENTS')
        .argParser(wholeNumber(1, 1_000_000))
        .default(100),
    )
    .addOption(
      option('--rounds <n>', 'rounds, for a drift', 'ROUNDS')
        .argParser(wholeNumber(1, 1_000_000))
        .default(30),
    )
    .addOption(
      option('--seed <n>', 'seed of everything random', 'SEED')
        .argParser(wholeNumber(0))
        .default(1),
    )
    .optionsGroup('Output:')
    .addOption(
      option(
        '--picture <folder>',
        'write partition.svg and .png there, and feature-skew.svg and .png',
        'PICTURE',
      ),
    )
    .addOption(option('--json', 'print one JSON object as the last line', 'JSON').default(false))
    .action(async (options: PartitionCommandOptions) => {
      const dataset = await loadDataset(options, 'train');
      const summary = await showPartition(dataset, options);
      process.stdout.write(`${options.json ? JSON.stringify(summary) : tableOf(summary)}\n`);
    });
}

async function showPartition(
  dataset: Dataset,
  options: PartitionCommandOptions,
): Promise<PartitionSummary> {
  const { partition, featureSkew, drift, rounds, picture } = options;
  const dealt = dealDataset(dataset, samplesOf(dataset).count, options);
  if (picture !== undefined) {
    await writePartitionPictures(picture, dealt, seenByClients(dataset, dealt, options), options);
  }
  return {
    dataset: shownDataset(options.dataset),
    partition: shownPartition(partition),
    ...(featureSkew !== undefined && { featureSkew: shownFeatureSkew(featureSkew) }),
    ...statisticsOf(dealt, dataset, 1),
    ...(drift !== undefined && {
      drift: shownPartition(drift),
      last: statisticsOf(dealt, dataset, rounds),
    }),
  };
}

function tableOf(summary: PartitionSummary): string {
  const { dataset, partition, featureSkew, drift, last } = summary;
  const moments = last === undefined ? [summary] : [summary, last];
  const table = new Table({
    head: last === undefined ? [] : ['', 'first round', 'last round'],
    style: { head: [], border: [] },
  });
  const row = (name: string, of: (statistics: PartitionStatistics) => string) =>
    table.push({ [name]: moments.map(of) });
  const wide = (name: string, content: string) =>
    table.push({ [name]: [{ content, colSpan: moments.length }] });
  wide('data set', dataset);
  wide('partition', drift === undefined ? partition : `${partition} → ${drift}`);
  if (featureSkew !== undefined) wide('feature skew', featureSkew);
  row('clients', ({ clients }) => clients.toLocaleString('en'));
  row('samples', ({ samples, counted, clients }) =>
    counted < clients
      ? `${samples.toLocaleString('en')} of ${counted.toLocaleString('en')} clients looked at`
      : samples.toLocaleString('en'),
  );
  row('samples a client', ({ smallest, median, largest }) =>
    smallest === largest ? String(median) : `${smallest} to ${largest}, median ${median}`,
  );
  row('labels a client', ({ labelsPerClient }) => String(labelsPerClient));
  row('label skew', ({ labelSkew }) => `${labelSkew} (0: alike, 1: nothing in common)`);
  return table.toString();
}
