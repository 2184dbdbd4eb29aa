/** Trains an autoencoder epoch by epoch; what an epoch leaves is plain data, to be taken up again. */
import { cosPi, deriveSeed, type ImageBatch, Random, type VaeVariant } from '@fedhybnn/shared';
import { type AdamState, adamStep, createAdamState } from './adam.js';
import {
  type AutoencoderShape,
  backpropagate,
  createParameters,
  type Losses,
  type PerParameter,
} from './autoencoder.js';
import { createLatentLayer } from './latent-layer.js';

export interface VaeSettings {
  readonly variant: VaeVariant;
  readonly hidden: number;
  readonly bits: number;
  readonly epochs: number;
  readonly batch: number;
  /** At the first step; falls to nothing along a half cosine. */
  readonly learningRate: number;
  /** Share of the pixels that the encoder does not see (`denoising`). */
  readonly noise: number;
  /** Weight of the divergence from the middle of the training on; it grows from 0 until then. */
  readonly divergenceWeight: number;
  readonly seed: number;
}

/** A training after some epochs. */
export interface VaeState {
  /** How many are done. */
  epoch: number;
  readonly parameters: PerParameter;
  readonly adam: AdamState;
}

/** Temperatures of `concrete` at the first and the last epoch. */
const WARM = 1;
const COOL = 0.4;

export function shapeOf(images: ImageBatch, settings: VaeSettings): AutoencoderShape {
  const pixels = images.width * images.height * images.channels;
  return { pixels, hidden: settings.hidden, bits: settings.bits };
}

export function startTraining(shape: AutoencoderShape, seed: number): VaeState {
  return { epoch: 0, parameters: createParameters(shape, seed), adam: createAdamState(shape) };
}

/**
 * Trains the next epoch: it depends on the state and the settings alone.
 * @param onProgress called with the share of the epoch that is done, in (0, 1]
 * @returns mean losses
 */
export async function trainEpoch(
  images: ImageBatch,
  settings: VaeSettings,
  state: VaeState,
  onProgress?: (done: number) => void,
): Promise<Losses> {
  const { variant, batch, epochs, noise, seed } = settings;
  const shape = shapeOf(images, settings);
  const random = new Random(deriveSeed(seed, 'pretrain', 'vae', 'epoch', state.epoch + 1));
  const order = random.shuffle(Uint32Array.from({ length: images.count }, (_, i) => i));
  const before = state.epoch / Math.max(1, epochs - 1);
  const layer = createLatentLayer(variant, random, WARM + (COOL - WARM) * before);
  const divergenceWeight = settings.divergenceWeight * Math.min(1, 2 * before);
  const sums = { reconstruction: 0, divergence: 0 };
  for (let start = 0; start < order.length; start += batch) {
    const rows = order.subarray(start, Math.min(start + batch, order.length));
    const target = pixelsOf(images, rows);
    const input = variant === 'denoising' ? hidePixels(target, noise, random) : target;
    const step = backpropagate(shape, state.parameters, { input, target }, layer, divergenceWeight);
    const done = (start + rows.length) / order.length;
    const rate = settings.learningRate * halfCosine((state.epoch + done) / epochs);
    adamStep(state.parameters, step.gradients, state.adam, rate);
    sums.reconstruction += step.losses.reconstruction * rows.length;
    sums.divergence += step.losses.divergence * rows.length;
    onProgress?.(done);
    // Lets an interruption through.
    await new Promise((resolve) => setImmediate(resolve));
  }
  state.epoch++;
  return {
    reconstruction: sums.reconstruction / order.length,
    divergence: sums.divergence / order.length,
  };
}

/** [rows][pixels], in [0, 1]. */
export function pixelsOf(images: ImageBatch, rows: ArrayLike<number>): Float32Array {
  const count = images.width * images.height * images.channels;
  const values = new Float32Array(rows.length * count);
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < count; j++) {
      values[i * count + j] = images.pixels[rows[i] * count + j] / 255;
    }
  }
  return values;
}

function hidePixels(values: Float32Array, share: number, random: Random): Float32Array {
  return values.map((value) => (random.unit() < share ? 0 : value));
}

function halfCosine(done: number): number {
  return (1 + cosPi(done)) / 2;
}
