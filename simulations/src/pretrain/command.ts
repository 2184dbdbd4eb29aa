/** `fedhybnn-simulate pretrain`: makes an extractor file from unlabeled images. */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { loadMnist } from '@fedhybnn/client/node';
import {
  encodeExtractorFile,
  FederationError,
  type ImageBatch,
  loadExtractor,
} from '@fedhybnn/shared';
import { type Command, Option } from 'commander';
import { wholeNumber } from '../run/options.js';
import { type PretrainProgress, type PretrainStatistics, pretrainPatches } from './pretrain.js';

interface PretrainCommandOptions {
  readonly kind: 'patches' | 'pixels';
  readonly dataset: 'mnist';
  readonly bits: number;
  readonly filters: number;
  readonly grid: number;
  readonly samples: number;
  readonly threshold: number;
  readonly seed: number;
  readonly name?: string;
  readonly out: string;
  readonly json: boolean;
}

const option = (flags: string, description: string, variable: string) =>
  new Option(flags, description).env(`FEDHYBNN_${variable}`);

/** Adds `pretrain` to a program. */
export function registerPretrainCommand(program: Command): void {
  program
    .command('pretrain')
    .description('makes an extractor file from the unlabeled training images of a data set')
    .addOption(
      option('--kind <kind>', 'learned patch dictionary, or pixels by threshold', 'KIND')
        .choices(['patches', 'pixels'])
        .default('patches'),
    )
    .addOption(
      option('--dataset <name>', 'data set', 'DATASET').choices(['mnist']).default('mnist'),
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
    )
    .addOption(option('--name <name>', 'name in the file (default: from the options)', 'NAME'))
    .addOption(option('--out <file>', 'where to write it', 'OUT').makeOptionMandatory())
    .addOption(option('--json', 'print one JSON object as the last line', 'JSON').default(false))
    .action(pretrain);
}

async function pretrain(options: PretrainCommandOptions): Promise<void> {
  const started = performance.now();
  const { images } = await loadMnist({ split: 'train' });
  const made =
    options.kind === 'patches' ? await makePatches(options, images) : makePixels(options, images);
  const { sha256, bits } = await loadExtractor(made.file);
  await writeWhole(options.out, made.file);
  const seconds = (performance.now() - started) / 1000;
  const summary = {
    ...{ file: options.out, sha256, kind: options.kind, bits, bytes: made.file.length },
    ...made.statistics,
    seconds: Number(seconds.toFixed(1)),
  };
  process.stdout.write(`${options.json ? JSON.stringify(summary) : asText(summary)}\n`);
}

interface Made {
  readonly file: Uint8Array;
  readonly statistics: Partial<PretrainStatistics>;
}

async function makePatches(options: PretrainCommandOptions, images: ImageBatch): Promise<Made> {
  const { dataset, bits, filters, grid, samples, seed } = options;
  return pretrainPatches({
    ...{ images, filters, grid, bits, samples, seed },
    name: options.name ?? `${dataset}-patches-${bits}`,
    trainedOn: `${Math.min(samples, images.count)} unlabeled training images of ${dataset}`,
    command: `fedhybnn-simulate pretrain --kind patches --dataset ${dataset} --bits ${bits} --filters ${filters} --grid ${grid} --samples ${samples} --seed ${seed}`,
    onProgress: progressLines(),
  });
}

function makePixels(options: PretrainCommandOptions, images: ImageBatch): Made {
  const { dataset, threshold } = options;
  const { width, height, channels } = images;
  const file = encodeExtractorFile({
    header: {
      kind: 'pixels',
      name: options.name ?? `${dataset}-pixels`,
      bits: width * height * channels,
      input: { width, height, channels },
      threshold,
      command: `fedhybnn-simulate pretrain --kind pixels --dataset ${dataset} --threshold ${threshold}`,
    },
  });
  return { file, statistics: {} };
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

/** Whole or not at all. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(resolve(path)), { recursive: true });
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch (cause) {
    // The first failure is the one to tell.
    await rm(temporary, { force: true }).catch(() => {});
    throw new FederationError(
      'data-folder',
      `--out ${path}: cannot be written; choose a file in a folder that you may write to`,
      { cause },
    );
  }
}

function asText(summary: Readonly<Record<string, string | number>>): string {
  const text = (value: string | number) =>
    typeof value === 'string' || Number.isInteger(value) ? String(value) : value.toPrecision(3);
  return Object.entries(summary)
    .map(([name, value]) => `${name.padEnd(14)} ${text(value)}`)
    .join('\n');
}
