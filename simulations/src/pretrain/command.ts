/** `fedhybnn-simulate pretrain`: makes an extractor file from unlabeled images. */
import { type Dataset, requireImages, requireTable, samplesOf } from '@fedhybnn/client/node';
import {
  decodeExtractorFile,
  FederationError,
  type ImageBatch,
  loadExtractor,
  type Samples,
  type VaeVariant,
} from '@fedhybnn/shared';
import { type Command, Option } from 'commander';
import { addDatasetOptions, addQuantilesOptions } from '../datasets/options.js';
import {
  type DatasetSource,
  loadDataset,
  nameOfDataset,
  shownDataset,
} from '../datasets/source.js';
import { wholeNumber } from '../run/numbers.js';
import { writeWhole } from '../run/write-whole.js';
import { bitStatistics } from './bit-statistics.js';
import {
  addFederatedOptions,
  type FederatedOptions,
  type FederatedStatistics,
  federatedFlags,
  makeFederated,
  removeState,
} from './federated/command.js';
import { dictionarySheet, reconstructionSheet, writePicture } from './picture.js';
import { pixelsFile } from './pixels-file.js';
import { type PretrainProgress, type PretrainStatistics, pretrainPatches } from './pretrain.js';
import { pretrainQuantiles, type QuantileStatistics } from './quantiles.js';
import { sampleImages } from './sample-images.js';
import type { TileSheet } from './tile-sheet.js';
import {
  addVaeOptions,
  makeVae,
  removeCheckpoint,
  type VaeCommandOptions,
  vaeFlags,
} from './vae/command.js';

/** Images on which bits are judged. */
const JUDGED_ON = 2000;

interface PretrainCommandOptions extends DatasetSource, VaeCommandOptions, FederatedOptions {
  readonly kind: 'patches' | 'pixels' | 'quantiles' | 'vae';
  readonly bits: number;
  readonly filters: number;
  readonly grid: number;
  readonly samples?: number;
  readonly threshold: number;
  readonly thresholds: number;
  readonly seed: number;
  readonly categorical?: readonly string[];
  readonly name?: string;
  readonly picture?: string;
  readonly out: string;
  readonly json: boolean;
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
  addVaeOptions(command);
  addFederatedOptions(command);
  command
    .addOption(
      option(
        '--kind <kind>',
        'learned patch dictionary, autoencoder with binary latents, pixels by threshold, or quantiles of the columns of a table',
        'KIND',
      )
        .choices(['patches', 'vae', 'pixels', 'quantiles'])
        .default('patches'),
    )
    .addOption(
      option('--bits <n>', 'latent bits a sample (patches, vae)', 'BITS')
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
      option(
        '--samples <n>',
        'images to learn from (patches, default 10000; vae, default all)',
        'SAMPLES',
      ).argParser(wholeNumber(100, 1_000_000)),
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
    )
    .addOption(option('--name <name>', 'name in the file (default: from the options)', 'NAME'))
    .addOption(
      option(
        '--picture <file>',
        'also draw the dictionary (patches) or reconstructions (vae), as .png or .svg',
        'PICTURE',
      ),
    )
    .addOption(option('--out <file>', 'where to write it', 'OUT').makeOptionMandatory())
    .addOption(option('--json', 'print one JSON object as the last line', 'JSON').default(false))
    .action(pretrain);
}

async function pretrain(options: PretrainCommandOptions): Promise<void> {
  const started = performance.now();
  requirePictureKind(options);
  const training = await loadDataset(options, 'train');
  const made = await make(options, training);
  const extractor = await loadExtractor(made.file);
  const { sha256, bits } = extractor;
  const statistics = bitStatistics(await extractor.extract(someSamples(training, options.seed)));
  await writeWhole(options.out, made.file);
  if (options.picture !== undefined && made.picture !== undefined) {
    await writePicture(options.picture, made.picture());
  }
  if (options.kind === 'vae') await removeCheckpoint(options);
  if (options.federated) await removeState(options);
  const seconds = (performance.now() - started) / 1000;
  const summary = {
    ...{ file: options.out, sha256, kind: options.kind, bits, bytes: made.file.length },
    ...{ ...statistics, ...made.statistics },
    seconds: Number(seconds.toFixed(1)),
  };
  process.stdout.write(`${options.json ? JSON.stringify(summary) : asText(summary)}\n`);
}

function make(options: PretrainCommandOptions, training: Dataset): Made | Promise<Made> {
  switch (options.kind) {
    case 'patches':
      return options.federated
        ? makeFederatedPatches(options, training)
        : makePatches(options, requireImages(training).images);
    case 'pixels':
      return makePixels(options, requireImages(training).images);
    case 'quantiles':
      return makeQuantiles(options, training);
    case 'vae':
      return makeAutoencoder(options, requireImages(training).images);
  }
}

/** @throws FederationError `bad-request` for a kind that has nothing to draw */
function requirePictureKind({ kind, picture }: PretrainCommandOptions): void {
  if (picture === undefined || kind === 'patches' || kind === 'vae') return;
  throw new FederationError(
    'bad-request',
    `--picture: kind ${kind} learns nothing that can be drawn; leave it out`,
  );
}

/** A sample of its own, on which bits are judged. */
function someSamples(training: Dataset, seed: number): Samples {
  const samples = samplesOf(training);
  if (!('pixels' in samples)) return samples;
  return sampleImages(samples, JUDGED_ON, seed, 'statistics');
}

interface Made {
  readonly file: Uint8Array;
  /** What was learned, where it can be drawn. */
  readonly picture?: () => TileSheet;
  readonly statistics: Partial<
    PretrainStatistics & QuantileStatistics & FederatedStatistics & { variant: VaeVariant }
  >;
}

async function makePatches(options: PretrainCommandOptions, images: ImageBatch): Promise<Made> {
  const { dataset, bits, filters, grid, samples = 10_000, seed } = options;
  const made = await pretrainPatches({
    ...{ images, filters, grid, bits, samples, seed },
    name: options.name ?? `${nameOfDataset(dataset)}-patches-${bits}`,
    trainedOn: `${Math.min(samples, images.count)} unlabeled training images of ${shownDataset(dataset)}`,
    command: `fedhybnn-simulate pretrain --kind patches --dataset ${shownDataset(dataset)} --bits ${bits} --filters ${filters} --grid ${grid} --samples ${samples} --seed ${seed}`,
    onProgress: progressLines(),
  });
  return { ...made, picture: () => pictureOf(made.file) };
}

/** Of a file of kind `patches`. */
function pictureOf(file: Uint8Array): TileSheet {
  const decoded = decodeExtractorFile(file);
  if (!('arrays' in decoded)) return { title: decoded.header.name, rows: [] };
  const { header, arrays } = decoded;
  const { channels } = header.input;
  return dictionarySheet(header.name, { ...header, channels, weights: arrays.weights });
}

async function makeFederatedPatches(
  options: PretrainCommandOptions,
  training: Dataset,
): Promise<Made> {
  const { dataset, bits, filters, grid, seed } = options;
  const { file, statistics } = await makeFederated(options, training, {
    name: options.name ?? `${nameOfDataset(dataset)}-federated-${bits}`,
    trainedOn: `unlabeled training images of ${shownDataset(dataset)}, kept by ${options.clients} clients`,
    command: `fedhybnn-simulate pretrain --kind patches --dataset ${shownDataset(dataset)}${federatedFlags(options)} --bits ${bits} --filters ${filters} --grid ${grid} --seed ${seed}`,
  });
  return { file, statistics, picture: () => pictureOf(file) };
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

async function makeAutoencoder(options: PretrainCommandOptions, images: ImageBatch): Promise<Made> {
  const { dataset, variant, bits, samples = images.count } = options;
  const some = sampleImages(images, samples, options.seed);
  const flags = samples < images.count ? ` --samples ${samples}` : '';
  const name = options.name ?? `${nameOfDataset(dataset)}-vae-${bits}`;
  const { file, reconstruct } = await makeVae(options, some, {
    name,
    trainedOn: `${some.count} unlabeled training images of ${shownDataset(dataset)}`,
    command: `fedhybnn-simulate pretrain --kind vae --dataset ${shownDataset(dataset)}${flags} ${vaeFlags(options)}`,
  });
  const picture = () => {
    const shown = sampleImages(images, 12, options.seed, 'picture');
    const originals = Float32Array.from(shown.pixels, (value) => value / 255);
    return reconstructionSheet(name, images, originals, reconstruct(originals));
  };
  return { file, statistics: { variant }, picture };
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
    .map(([name, value]) => `${name.padEnd(15)} ${text(value)}`)
    .join('\n');
}
