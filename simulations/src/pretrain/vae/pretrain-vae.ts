/** Makes a `vae` extractor from unlabeled images: trains an autoencoder, keeps its encoder. */
import '@tensorflow/tfjs-backend-wasm';
import { encodeExtractorFile, type ImageBatch, sha256Hex, type VaeHeader } from '@fedhybnn/shared';
import * as tf from '@tensorflow/tfjs-core';
import { sampleImages } from '../sample-images.js';
import { type Losses, reconstruct } from './autoencoder.js';
import { decodeCheckpoint, encodeCheckpoint, settingsText } from './checkpoint.js';
import { toIntegers } from './integer-encoder.js';
import {
  shapeOf,
  startTraining,
  trainEpoch,
  type VaeSettings,
  type VaeState,
} from './train-vae.js';

export interface VaePretraining {
  /** Unlabeled. */
  readonly images: ImageBatch;
  readonly settings: VaeSettings;
  /** Name in the file. */
  readonly name: string;
  /** What the images are, for the file. */
  readonly trainedOn: string;
  /** The command that was given, for the file. */
  readonly command: string;
  /** Where a training goes on from, and what to call it in errors. */
  readonly checkpoint?: { readonly bytes: Uint8Array; readonly path: string } | undefined;
  /** Called with the share of an epoch that is done, in (0, 1]. */
  readonly onProgress?: (epoch: number, done: number) => void;
  /** Called after every epoch with what {@link VaePretraining.checkpoint} takes. */
  readonly onEpoch?: (epoch: number, losses: Losses, checkpoint: Uint8Array) => Promise<void>;
}

export interface PretrainedVae {
  /** The extractor file. */
  readonly file: Uint8Array;
  readonly state: VaeState;
  /** Images in [0, 1] as the decoder sees them through their latents, [images][pixels]. */
  readonly reconstruct: (pixels: Float32Array) => Float32Array;
}

/** Images on which scales and thresholds are fitted. */
const FITTED_ON = 10_000;

/** @throws FederationError of {@link decodeCheckpoint} for a checkpoint that does not fit */
export async function pretrainVae(options: VaePretraining): Promise<PretrainedVae> {
  await tf.setBackend('wasm');
  const { images, settings, checkpoint } = options;
  const shape = shapeOf(images, settings);
  const text = settingsText(settings, sha256Hex(images.pixels));
  const state =
    checkpoint === undefined
      ? startTraining(shape, settings.seed)
      : decodeCheckpoint(checkpoint.bytes, shape, settings.seed, text, checkpoint.path);
  while (state.epoch < settings.epochs) {
    const epoch = state.epoch + 1;
    const losses = await trainEpoch(images, settings, state, (done) =>
      options.onProgress?.(epoch, done),
    );
    await options.onEpoch?.(epoch, losses, encodeCheckpoint(state, text));
  }
  const { encoderWeights1, encoderBiases1, encoderWeights2 } = state.parameters;
  const encoder = toIntegers(
    { weights1: encoderWeights1, biases1: encoderBiases1, weights2: encoderWeights2 },
    sampleImages(images, FITTED_ON, settings.seed),
  );
  const { width, height, channels } = images;
  const header: VaeHeader = {
    kind: 'vae',
    name: options.name,
    bits: settings.bits,
    input: { width, height, channels },
    hidden: settings.hidden,
    variant: settings.variant,
    trainedOn: options.trainedOn,
    command: options.command,
  };
  return {
    file: encodeExtractorFile({ header, encoder }),
    state,
    reconstruct: (pixels) => reconstruct(shape, state.parameters, pixels),
  };
}
