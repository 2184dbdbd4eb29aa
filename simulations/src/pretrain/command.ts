/** `fedhybnn-simulate pretrain`: makes an extractor file from unlabeled images. */
import { type Dataset, requireImages, requireTable } from '@fedhybnn/client/node';
import { FederationError, type ImageBatch, loadExtractor } from '@fedhybnn/shared';
import { type Command, Option } from 'commander';
import { addDatasetOptions, addQuantilesOptions } from '../datasets/options.js';
import { loadDataset, nameOfDataset, shownDataset } from '../datasets/source.js';
import {
  addFederatedOptions,
  checkFederatedOptions,
  type FederatedOptions,
  type FederatedStatistics,
  pretrainFederated,
} from '../federated-dictionary/index.js';
import { wholeNumber } from '../run/numbers.js';
import { writeWhole } from '../run/write-whole.js';
import { pixelsFile } from './pixels-file.js';
import {
  describeFit,
  type PretrainProgress,
  type PretrainStatistics,
  pretrainPatches,
} from './pretrain.js';
import { pretrainQuantiles, type QuantileStatistics } from './quantiles.js';

interface PretrainCommandOptions extends FederatedOptions {
  readonly kind: 'patches' | 'pixels' | 'quantiles';
  readonly samples: number;
  readonly threshold: number;
  readonly thresholds: number;
  readonly categorical?: readonly string[];
}

const option = (flags: string, description: string, variable: string) =>
  new Option(flags, description).env(`FEDHYBNN_${variable}`);

/** Adds `pretrain` to a program. */
export function registerPretrainCommand(program: Command): void {
  const command = program
    .command('pretrain')
    .description('makes an extractor file from the unlabeled training samples of a data set');
  addDatasetOptions(command);
  addQuantilesOptions(command);
  command
    .addOption(
      option(
        '--kind <kind>',
        'learned patch dictionary, pixels by threshold, or quantiles of the columns of a table',
        'KIND',
      )
        .choices(['patches', 'pixels', 'quantiles'])
        .default('patches'),
    )
    .addOption(
      option('--bits <n>', 'latent bits a sample (patches)', 'BITS')
        .argParser(wholeNumber(1, 65_536))
        .default(512),
    )
    .addOption(
      option('--filters <n>', 'patches in the dictionary (patches)', 'FILTERS')
        .argParser(wholeNumber(1, 4096))
        .default(24),
    )
    .addOption(
      option('--grid <n>', 'cells of the pooling grid along each side (patches)', 'GRID')
        .argParser(wholeNumber(1, 256))
        .default(6),
    )
    .addOption(
      option('--samples <n>', 'images to learn from (patches)', 'SAMPLES')
        .argParser(wholeNumber(100, 1_000_000))
        .default(10_000),
    )
    .addOption(
      option('--threshold <n>', 'a pixel from this value on is a set bit (pixels)', 'THRESHOLD')
        .argParser(wholeNumber(1, 255))
        .default(128),
    )
    .addOption(
      option('--seed <n>', 'seed of everything random', 'SEED')
        .argParser(wholeNumber(0))
        .default(1),
    );
  addFederatedOptions(command)
    .addOption(option('--name <name>', 'name in the file (default: from the options)', 'NAME'))
    .addOption(option('--out <file>', 'where to write it', 'OUT').makeOptionMandatory())
    .addOption(option('--json', 'print one JSON object as the last line', 'JSON').default(false))
    .action(pretrain);
}

async function pretrain(options: PretrainCommandOptions, command: Command): Promise<void> {
  checkFederatedOptions(options, command);
  const started = performance.now();
  const made = await make(options, await loadDataset(options, 'train'));
  if (made === undefined) return;
  const { sha256, bits } = await loadExtractor(made.file);
  await writeWhole(options.out, made.file);
  await made.discard?.();
  const seconds = (performance.now() - started) / 1000;
  const summary = {
    ...{ file: options.out, sha256, kind: options.kind, bits, bytes: made.file.length },
    ...made.statistics,
    seconds: Number(seconds.toFixed(1)),
  };
  process.stdout.write(`${options.json ? JSON.stringify(summary) : asText(summary)}\n`);
}

/** Nothing where it was interrupted. */
async function make(options: PretrainCommandOptions, training: Dataset): Promise<Made | undefined> {
  if (options.federated) return makeFederated(options, training);
  switch (options.kind) {
    case 'patches':
      return makePatches(options, requireImages(training).images);
    case 'pixels':
      return makePixels(options, requireImages(training).images);
    case 'quantiles':
      return makeQuantiles(options, training);
  }
}

interface Made {
  readonly file: Uint8Array;
  readonly statistics: Partial<PretrainStatistics & QuantileStatistics & FederatedStatistics>;
  /** What is to do once the file is written. */
  readonly discard?: () => Promise<void>;
}

async function makeFederated(
  options: PretrainCommandOptions,
  training: Dataset,
): Promise<Made | undefined> {
  const note = (line: string) => void process.stderr.write(`${line}\n`);
  const interrupted = new AbortController();
  const interrupt = () => {
    note('\nInterrupted: finishing the round; press Ctrl-C again to stop at once.');
    interrupted.abort();
    process.once('SIGINT', () => process.exit(130));
  };
  process.once('SIGINT', interrupt);
  try {
    const made = await pretrainFederated(options, training, note, interrupted.signal);
    const { file, fitted, features, discard } = made;
    return { file, discard, statistics: { ...describeFit(fitted, features), ...made.statistics } };
  } catch (thrown) {
    if (!(thrown instanceof FederationError && thrown.code === 'interrupted')) throw thrown;
    note(thrown.message);
    process.exitCode = 130;
    return undefined;
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

async function makePatches(options: PretrainCommandOptions, images: ImageBatch): Promise<Made> {
  const { dataset, bits, filters, grid, samples, seed } = options;
  return pretrainPatches({
    ...{ images, filters, grid, bits, samples, seed },
    name: options.name ?? `${nameOfDataset(dataset)}-patches-${bits}`,
    trainedOn: `${Math.min(samples, images.count)} unlabeled training images of ${shownDataset(dataset)}`,
    command: `fedhybnn-simulate pretrain --kind patches --dataset ${shownDataset(dataset)} --bits ${bits} --filters ${filters} --grid ${grid} --samples ${samples} --seed ${seed}`,
    onProgress: progressLines(),
  });
}

function makePixels(options: PretrainCommandOptions, images: ImageBatch): Made {
  const { dataset, threshold } = options;
  const name = options.name ?? `${nameOfDataset(dataset)}-pixels`;
  const command = `fedhybnn-simulate pretrain --kind pixels --dataset ${shownDataset(dataset)} --threshold ${threshold}`;
  return { file: pixelsFile(images, name, threshold, command), statistics: {} };
}

function makeQuantiles(options: PretrainCommandOptions, training: Dataset): Made {
  const { dataset, thresholds, categorical, ignore, label, splitSeed } = options;
  const { table } = requireTable(training);
  const columns = (flag: string, names: readonly string[] | undefined) =>
    names === undefined ? '' : ` ${flag} ${names.join(',')}`;
  return pretrainQuantiles({
    ...{ table, thresholds, categorical },
    name: options.name ?? `${nameOfDataset(dataset)}-quantiles`,
    trainedOn: `${table.count} unlabeled training rows of ${shownDataset(dataset)}`,
    command: `fedhybnn-simulate pretrain --kind quantiles --dataset ${shownDataset(dataset)}${columns('--label', label)}${columns('--ignore', ignore)}${columns('--categorical', categorical)} --thresholds ${thresholds} --split-seed ${splitSeed}`,
  });
}

/** One line on stderr for each fifth of a stage. */
function progressLines(): (progress: PretrainProgress) => void {
  let told = '';
  return ({ stage, done }) => {
    const line = `${stage}: ${20 * Math.floor(5 * done + 1e-9)} %`;
    if (line === told) return;
    told = line;
    process.stderr.write(`${line}\n`);
  };
}

function asText(summary: Readonly<Record<string, string | number>>): string {
  const text = (value: string | number) =>
    typeof value === 'string' || Number.isInteger(value) ? String(value) : value.toPrecision(3);
  return Object.entries(summary)
    .map(([name, value]) => `${name.padEnd(14)} ${text(value)}`)
    .join('\n');
}
