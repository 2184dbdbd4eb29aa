/** `fedhybnn-simulate pretrain`: makes an extractor file from unlabeled samples. */
import { type Dataset, samplesOf } from '@fedhybnn/client/node';
import { FederationError, loadExtractor, type Samples } from '@fedhybnn/shared';
import { type Command, Option } from 'commander';
import { addDatasetOptions, addQuantilesOptions } from '../datasets/options.js';
import { loadDataset } from '../datasets/source.js';
import { addFederatedOptions, checkFederatedOptions } from '../federated-dictionary/index.js';
import { wholeNumber } from '../run/numbers.js';
import { writeWhole } from '../run/write-whole.js';
import { bitStatistics } from './bit-statistics.js';
import { makeExtractor, type PretrainCommandOptions } from './make-extractor.js';
import { writePicture } from './picture.js';
import { sampleImages } from './sample-images.js';
import { addTfjsOptions } from './tfjs/command.js';
import { addVaeOptions } from './vae/command.js';

/** Images on which bits are judged. */
const JUDGED_ON = 2000;

const option = (flags: string, description: string, variable: string) =>
  new Option(flags, description).env(`FEDHYBNN_${variable}`);

/** Adds `pretrain` to a program. */
export function registerPretrainCommand(program: Command): void {
  const command = program
    .command('pretrain')
    .description('makes an extractor file from the unlabeled training samples of a data set');
  addDatasetOptions(command);
  command
    .addOption(
      option(
        '--kind <kind>',
        'learned patch dictionary, autoencoder with binary latents, a TensorFlow.js model, pixels by threshold, or quantiles of the columns of a table',
        'KIND',
      )
        .choices(['patches', 'vae', 'tfjs', 'pixels', 'quantiles'])
        .default('patches'),
    )
    .addOption(
      option('--bits <n>', 'latent bits a sample (patches, vae, tfjs)', 'BITS')
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
        'images to learn from (patches: default 10000; vae: all; tfjs: 5000)',
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
    .addOption(
      option(
        '--resume',
        'go on from what an interrupted training left beside --out (vae, federated)',
        'RESUME',
      ).default(false),
    )
    .addOption(option('--json', 'print one JSON object as the last line', 'JSON').default(false))
    .action(pretrain);
  addFederatedOptions(command);
  addVaeOptions(command);
  addTfjsOptions(command);
  addQuantilesOptions(command);
}

async function pretrain(options: PretrainCommandOptions, command: Command): Promise<void> {
  const started = performance.now();
  checkKind(options);
  checkFederatedOptions(options, command);
  const training = await loadDataset(options, 'train');
  const made = await makeExtractor(options, training);
  if (made === undefined) return;
  const extractor = await loadExtractor(made.file);
  const { sha256, bits } = extractor;
  const statistics = bitStatistics(await extractor.extract(someSamples(training, options.seed)));
  await writeWhole(options.out, made.file);
  if (options.picture !== undefined && made.picture !== undefined) {
    await writePicture(options.picture, made.picture());
  }
  await made.discard?.();
  const seconds = (performance.now() - started) / 1000;
  const summary = {
    ...{ file: options.out, sha256, kind: options.kind, bits, bytes: made.file.length },
    ...{ ...statistics, ...made.statistics },
    seconds: Number(seconds.toFixed(1)),
  };
  process.stdout.write(`${options.json ? JSON.stringify(summary) : asText(summary)}\n`);
}

/** @throws FederationError `bad-request` for an option that the kind has no use for */
function checkKind({ kind, picture, federated, resume }: PretrainCommandOptions): void {
  const refuse = (problem: string): never => {
    throw new FederationError('bad-request', `${problem}; leave it out`);
  };
  if (picture !== undefined && kind !== 'patches' && kind !== 'vae') {
    refuse(`--picture: kind ${kind} learns nothing that can be drawn`);
  }
  if (resume && kind !== 'vae' && !federated) {
    refuse(`--resume: kind ${kind} is made in one go, without checkpoints`);
  }
}

/** A sample of its own, on which bits are judged. */
function someSamples(training: Dataset, seed: number): Samples {
  const samples = samplesOf(training);
  if (!('pixels' in samples)) return samples;
  return sampleImages(samples, JUDGED_ON, seed, 'statistics');
}

function asText(summary: Readonly<Record<string, string | number>>): string {
  const text = (value: string | number) =>
    typeof value === 'string' || Number.isInteger(value) ? String(value) : value.toPrecision(3);
  return Object.entries(summary)
    .map(([name, value]) => `${name.padEnd(15)} ${text(value)}`)
    .join('\n');
}
