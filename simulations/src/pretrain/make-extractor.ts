/** An extractor of each kind, as the options of `pretrain` ask for it. */
import { type Dataset, requireImages, requireTable } from '@fedhybnn/client/node';
import { decodeExtractorFile, type ImageBatch, type VaeVariant } from '@fedhybnn/shared';
import { type DatasetSource, nameOfDataset, shownDataset } from '../datasets/source.js';
import {
  type FederatedOptions,
  type FederatedStatistics,
  federatedFlags,
  makeFederated,
} from './federated/command.js';
import { dictionarySheet, reconstructionSheet } from './picture.js';
import { pixelsFile } from './pixels-file.js';
import { type PretrainProgress, type PretrainStatistics, pretrainPatches } from './pretrain.js';
import { pretrainQuantiles, type QuantileStatistics } from './quantiles.js';
import { sampleImages } from './sample-images.js';
import { makeTfjs, type TfjsCommandOptions, tfjsFlags } from './tfjs/command.js';
import type { TfjsStatistics } from './tfjs/pretrain-tfjs.js';
import type { TileSheet } from './tile-sheet.js';
import { makeVae, type VaeCommandOptions, vaeFlags } from './vae/command.js';

export interface PretrainCommandOptions
  extends DatasetSource,
    VaeCommandOptions,
    FederatedOptions,
    TfjsCommandOptions {
  readonly kind: 'patches' | 'pixels' | 'quantiles' | 'vae' | 'tfjs';
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

export interface Made {
  readonly file: Uint8Array;
  /** What was learned, where it can be drawn. */
  readonly picture?: () => TileSheet;
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
): Made | Promise<Made> {
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
