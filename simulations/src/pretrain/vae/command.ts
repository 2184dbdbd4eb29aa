/** `--kind vae` of `pretrain`: its options, its checkpoints and what it prints meanwhile. */
import { readFile, rm } from 'node:fs/promises';
import { FederationError, type ImageBatch, VAE_VARIANTS, type VaeVariant } from '@fedhybnn/shared';
import { type Command, Option } from 'commander';
import { durationText } from '../../plots/units.js';
import { positiveNumber, wholeNumber } from '../../run/numbers.js';
import { writeWhole } from '../../run/write-whole.js';
import type { Losses } from './autoencoder.js';
import { type PretrainedVae, pretrainVae } from './pretrain-vae.js';

export interface VaeCommandOptions {
  readonly variant: VaeVariant;
  readonly hidden: number;
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly noise: number;
  readonly kl: number;
  readonly resume: boolean;
  readonly bits: number;
  readonly seed: number;
  readonly out: string;
}

const option = (flags: string, description: string, variable: string) =>
  new Option(`--${flags}`, `${description} (vae)`).env(`FEDHYBNN_${variable}`);

export function addVaeOptions(command: Command): Command {
  return command
    .addOption(
      option('variant <name>', 'how binary latents are trained', 'VARIANT')
        .choices([...VAE_VARIANTS])
        .default('denoising'),
    )
    .addOption(
      option('hidden <n>', 'units between pixels and latents', 'HIDDEN')
        .argParser(wholeNumber(1, 4096))
        .default(448),
    )
    .addOption(
      option('epochs <n>', 'passes over the images', 'EPOCHS')
        .argParser(wholeNumber(1, 10_000))
        .default(20),
    )
    .addOption(
      option('batch <n>', 'images a step', 'BATCH').argParser(wholeNumber(1, 4096)).default(100),
    )
    .addOption(
      option('learning-rate <x>', 'of Adam, at the start', 'LEARNING_RATE')
        .argParser(positiveNumber(1))
        .default(0.002),
    )
    .addOption(
      option('noise <share>', 'share of the pixels hidden from the encoder (denoising)', 'NOISE')
        .argParser(positiveNumber(0.95))
        .default(0.5),
    )
    .addOption(
      option('kl <x>', 'weight of the divergence in the loss (bernoulli, concrete)', 'KL')
        .argParser(positiveNumber(100))
        .default(1),
    );
}

/** The options of this kind as they were given or by default, for the command in the file. */
export function vaeFlags(options: VaeCommandOptions): string {
  const { variant, bits, hidden, epochs, batch, learningRate, seed } = options;
  const own = variant === 'denoising' ? `--noise ${options.noise}` : `--kl ${options.kl}`;
  return `--variant ${variant} --bits ${bits} --hidden ${hidden} --epochs ${epochs} --batch ${batch} --learning-rate ${learningRate} ${own} --seed ${seed}`;
}

/**
 * Trains, with a checkpoint beside `--out` after every epoch; it is removed with
 * {@link removeCheckpoint} once the extractor is written.
 * @throws FederationError `bad-request` if there is a checkpoint and no `--resume`, or the reverse
 */
export async function makeVae(
  options: VaeCommandOptions,
  images: ImageBatch,
  names: { readonly name: string; readonly trainedOn: string; readonly command: string },
): Promise<PretrainedVae> {
  const { variant, hidden, bits, epochs, batch, learningRate, noise, kl, seed } = options;
  const path = checkpointPath(options);
  const tell = lines(epochs);
  return pretrainVae({
    ...names,
    images,
    settings: {
      ...{ variant, hidden, bits, epochs, batch, learningRate, noise, seed },
      divergenceWeight: kl,
    },
    checkpoint: await readCheckpoint(path, options.resume),
    onProgress: tell.progress,
    onEpoch: async (epoch, losses, checkpoint) => {
      await writeWhole(path, checkpoint);
      tell.epoch(epoch, losses);
    },
  });
}

export async function removeCheckpoint(options: VaeCommandOptions): Promise<void> {
  await rm(checkpointPath(options), { force: true });
}

function checkpointPath({ out }: VaeCommandOptions): string {
  return `${out}.checkpoint`;
}

async function readCheckpoint(path: string, resume: boolean) {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await readFile(path));
  } catch (cause) {
    if (!resume) return undefined;
    throw new FederationError(
      'bad-request',
      `--resume: no checkpoint can be read at ${path}; leave --resume out to train from the start`,
      { cause },
    );
  }
  if (resume) return { bytes, path };
  throw new FederationError(
    'bad-request',
    `--out: an interrupted training left ${path}; give --resume to go on with it, or delete it`,
  );
}

/** On stderr: a line an epoch, with the time that is left; on a terminal, its share as well. */
function lines(epochs: number) {
  const started = performance.now();
  let first: number | undefined;
  return {
    progress(epoch: number, done: number) {
      first ??= epoch;
      if (!process.stderr.isTTY) return;
      process.stderr.write(`\repoch ${epoch}/${epochs}: ${Math.floor(100 * done)} % `);
    },
    epoch(epoch: number, { reconstruction, divergence }: Losses) {
      const seconds = (performance.now() - started) / 1000;
      const left = ((epochs - epoch) * seconds) / (epoch + 1 - (first ?? 1));
      const parts = [
        `reconstruction ${reconstruction.toFixed(2)} nats`,
        ...(divergence === 0 ? [] : [`divergence ${divergence.toFixed(2)} nats`]),
        ...(epoch < epochs ? [`about ${durationText(left)} left`] : []),
      ];
      const start = process.stderr.isTTY ? '\r' : '';
      process.stderr.write(`${start}epoch ${epoch}/${epochs}: ${parts.join(', ')}\n`);
    },
  };
}
