/** An extractor of each kind, as the options of `pretrain` ask for it. */
import { type Dataset, requireImages, requireTable } from '@fedhybnn/client/node';
import {
  decodeExtractorFile,
  FederationError,
  type ImageBatch,
  type VaeVariant,
} from '@fedhybnn/shared';
import { nameOfDataset, shownDataset } from '../datasets/source.js';
import {
  type FederatedOptions,
  type FederatedStatistics,
  pretrainFederated,
} from '../federated-dictionary/index.js';
import { dictionarySheet, reconstructionSheet } from './picture.js';
import { pixelsFile } from './pixels-file.js';
import {
  describeFit,
  type PretrainProgress,
  type PretrainStatistics,
  pretrainPatches,
} from './pretrain.js';
import { pretrainQuantiles, type QuantileStatistics } from './quantiles.js';
import { sampleImages } from './sample-images.js';
import { makeTfjs, type TfjsCommandOptions, tfjsFlags } from './tfjs/command.js';
import type { TfjsStatistics } from './tfjs/pretrain-tfjs.js';
import type { TileSheet } from './tile-sheet.js';
import { makeVae, removeCheckpoint, type VaeCommandOptions, vaeFlags } from './vae/command.js';

export interface PretrainCommandOptions
  extends FederatedOptions,
    VaeCommandOptions,
    TfjsCommandOptions {
  readonly kind: 'patches' | 'pixels' | 'quantiles' | 'vae' | 'tfjs';
  readonly threshold: number;
  readonly thresholds: number;
  readonly categorical?: readonly string[];
  readonly picture?: string;
}

export interface Made {
  readonly file: Uint8Array;
  /** What was learned, where it can be drawn. */
  readonly picture?: () => TileSheet;
  /** What is to do once the file is written. */
  readonly discard?: () => Promise<void>;
  readonly statistics: Partial<
    PretrainStatistics &
      QuantileStatistics &
      FederatedStatistics &
      TfjsStatistics & { variant: VaeVariant }
  >;
}

export function makeExtractor(
  options: PretrainCommandOptions,
  training: Dataset,
): Made | Promise<Made | undefined> {
  switch (options.kind) {
    case 'patches':
      return options.federated
        ? makeFederated(options, training)
        : makePatches(options, requireImages(training).images);
    case 'pixels':
      return makePixels(options, requireImages(training).images);
    case 'quantiles':
      return makeQuantiles(options, training);
    case 'vae':
      return makeAutoencoder(options, requireImages(training).images);
    case 'tfjs':
      return makeOfModel(options, requireImages(training).images);
  }
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

/** Nothing where it was interrupted. */
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
    const statistics = { ...describeFit(fitted, features), ...made.statistics };
    return { file, statistics, discard, picture: () => pictureOf(file) };
  } catch (thrown) {
    if (!(thrown instanceof FederationError && thrown.code === 'interrupted')) throw thrown;
    note(thrown.message);
    process.exitCode = 130;
    return undefined;
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
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
  return { file, statistics: { variant }, picture, discard: () => removeCheckpoint(options) };
}

function makeOfModel(options: PretrainCommandOptions, images: ImageBatch): Promise<Made> {
  const { dataset, bits } = options;
  const tell = progressLines();
  const names = {
    name: options.name ?? `${nameOfDataset(dataset)}-tfjs-${bits}`,
    trainedOn: `thresholds: unlabeled training images of ${shownDataset(dataset)}`,
    command: `fedhybnn-simulate pretrain --kind tfjs --dataset ${shownDataset(dataset)} ${tfjsFlags(options)}`,
  };
  return makeTfjs(options, images, names, (done) => tell({ stage: 'features', done }));
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
