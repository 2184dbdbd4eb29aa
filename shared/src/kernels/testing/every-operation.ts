/** Every operation of the kernels on random layers: what one engine computes, another must too. */
import { sha256Hex } from '../../codec/sha256.js';
import { Random } from '../../random/random.js';
import { deriveSeed } from '../../random/seed.js';
import { type Address, bitRowBytes, laneStride } from '../kernels.js';
import {
  type Desk,
  onBoth,
  PRODUCT_WAYS,
  randomBits,
  randomFloats,
  randomIntegers,
} from './both-connectors.js';

interface Shape {
  readonly neurons: number;
  readonly inputs: number;
  readonly batch: number;
}

/** Forward, losses, backward and updates of one layer; what each writes, by its name. */
function everyOperation(desk: Desk, { neurons, inputs, batch }: Shape, seed: number) {
  const { kernels } = desk;
  const random = new Random(deriveSeed(seed, 'operations'));
  const weights = desk.put(randomBits(neurons, inputs, random).bytes);
  const input = desk.put(randomBits(batch, inputs, random).bytes);
  const rows = 4 * neurons * laneStride(batch);
  const lanes = ((neurons + 15) >> 4) * inputs * 16;
  const outputs: Record<string, Uint8Array | Float32Array | Int32Array> = {};

  const z = desk.room(rows);
  kernels.xnorProduct(weights, input, neurons, batch, inputs, z);
  outputs.xnorProduct = desk.integerRows(z, neurons, batch);
  const thresholds = desk.put(randomIntegers(neurons, 5, random));
  const activations = desk.room(batch * bitRowBytes(neurons));
  kernels.activate(z, thresholds, neurons, batch, activations);
  outputs.activate = desk.bits(activations, batch, neurons);

  const gradient = desk.room(rows);
  const losses: number[] = [];
  const keep = (name: string, loss: number) => {
    losses.push(loss);
    outputs[name] = desk.floatRows(gradient, neurons, batch);
  };
  const labels = desk.put(Int32Array.from({ length: batch }, () => random.below(neurons)));
  const scales = desk.put(Float32Array.from({ length: neurons }, () => random.unit() + 0.01));
  const targets = desk.put(randomBits(neurons, batch, random).bytes);
  const size = [neurons, batch, gradient] as const;
  keep('softmaxCrossEntropy', kernels.softmaxCrossEntropy(z, 0.05, labels, ...size));
  keep('scaledSoftmax', kernels.scaledSoftmaxCrossEntropy(z, scales, labels, ...size));
  keep('sigmoidCrossEntropy', kernels.sigmoidCrossEntropy(z, scales, targets, ...size));
  keep('squaredHinge', kernels.squaredHinge(z, scales, targets, ...size));
  outputs.losses = Float32Array.from(losses);
  kernels.maskGradient(z, Math.sqrt(inputs), 0.3, neurons, batch, gradient);
  outputs.maskGradient = desk.floatRows(gradient, neurons, batch);

  const turned = desk.room(inputs * bitRowBytes(neurons));
  kernels.transposeBits(weights, neurons, inputs, turned);
  outputs.transposeBits = desk.bits(turned, inputs, neurons);
  const below = desk.room(4 * inputs * laneStride(batch));
  kernels.signProduct(turned, inputs, neurons, gradient, laneStride(batch), 1, batch, below);
  outputs.signProduct = desk.floatRows(below, inputs, batch);
  const signs = desk.room(inputs * bitRowBytes(batch));
  kernels.packSigns(below, inputs, batch, laneStride(batch), signs);
  outputs.packSigns = desk.bits(signs, inputs, batch);

  // Lanes of absent neurons are 0, and stay it.
  const last = lanes - 16 * inputs;
  const present = randomFloats(lanes, random).map((latent, i) =>
    i >= last && (i & 15) >= 16 - (-neurons & 15) ? 0 : latent,
  );
  const latents = desk.put(present);
  const state: Address[] = [0, 1, 2, 3].map(() => desk.put(new Float32Array(lanes)));
  const inputsTransposed = desk.room(inputs * bitRowBytes(batch));
  kernels.transposeBits(input, batch, inputs, inputsTransposed);
  const step = { neurons, inputs, batch, inputsTransposed, gradient, latents, weights };
  const [firstMoment, secondMoment, momentumBuffer, movingAverage] = state;
  const learningRate = 0.01;
  const rates = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, correction1: 10, correction2: 100 };
  const keepLayer = (name: string) => {
    outputs[`${name} latents`] = desk.floats(latents, lanes);
    outputs[`${name} weights`] = desk.bits(weights, neurons, inputs);
  };
  kernels.adamStep(step, { firstMoment, secondMoment, learningRate, ...rates });
  keepLayer('adamStep');
  kernels.sgdStep(step, { momentumBuffer, learningRate, momentum: 0 });
  kernels.sgdStep(step, { momentumBuffer, learningRate, momentum: 0.9 });
  keepLayer('sgdStep');
  kernels.bopStep(step, { movingAverage, gamma: 0.5, threshold: 1e-6 });
  keepLayer('bopStep');
  kernels.packLatents(latents, 0.05, neurons, inputs, weights);
  outputs.packLatents = desk.bits(weights, neurons, inputs);
  const magnitudes = desk.room(4 * laneStride(neurons));
  kernels.meanMagnitudes(latents, neurons, inputs, magnitudes);
  outputs.meanMagnitudes = desk.floats(magnitudes, neurons);
  return outputs;
}

interface MapShape {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Neighborhoods, pooling and their gradients, of one feature map. */
function everyMapOperation(desk: Desk, { batch, height, width, channels }: MapShape, seed: number) {
  const { kernels } = desk;
  const random = new Random(deriveSeed(seed, 'map operations'));
  const pixels = height * width;
  const columns = batch * pixels;
  const pooled = batch * (height >> 1) * (width >> 1);
  const size = [batch, height, width] as const;
  const map = desk.put(randomBits(batch, pixels * channels, random).bytes);

  const unfolded = desk.room(columns * bitRowBytes(9 * channels));
  kernels.unfold(map, ...size, channels, unfolded);
  const byPixels = desk.room(columns * bitRowBytes(channels));
  kernels.reshapeBits(map, batch, pixels * channels, byPixels, channels);
  const copies = desk.putRows(randomFloats(9 * channels * columns, random), columns);
  const folded = desk.room(4 * channels * laneStride(columns));
  kernels.fold(copies, ...size, channels, folded);
  const z = desk.putRows(randomIntegers(channels * columns, 20, random), columns);
  const largest = desk.room(4 * channels * laneStride(pooled));
  const winners = desk.room(channels * laneStride(pooled));
  kernels.maxPool(z, 3, channels, ...size, largest, winners);
  const gradient = desk.putRows(randomFloats(channels * pooled, random), pooled);
  const spread = desk.room(4 * channels * laneStride(columns));
  kernels.maxPoolGradient(gradient, winners, channels, ...size, spread);
  const flat = desk.putRows(randomFloats(pixels * channels * batch, random), batch);
  const unflattened = desk.room(4 * channels * laneStride(columns));
  kernels.unflattenGradient(flat, batch, pixels, channels, unflattened);
  return {
    unfold: desk.bits(unfolded, columns, 9 * channels),
    reshapeBits: desk.bits(byPixels, columns, channels),
    fold: desk.floatRows(folded, channels, columns),
    maxPool: desk.integerRows(largest, channels, pooled),
    maxPoolGradient: desk.floatRows(spread, channels, columns),
    unflattenGradient: desk.floatRows(unflattened, channels, columns),
  };
}

/**
 * Compares every implementation with the reference on seeded shapes.
 * @returns a digest of all that the reference computed: the same on every engine
 * @throws Error naming the first output that differs
 */
export async function checkEveryOperation(shapes: number): Promise<string> {
  const digests: string[] = [];
  for (let seed = 1; seed <= shapes; seed++) {
    const random = new Random(deriveSeed(seed, 'shape'));
    const shape = {
      neurons: 1 + random.below(80),
      inputs: 1 + random.below(500),
      batch: 1 + random.below(100),
    };
    const map = {
      batch: 1 + random.below(5),
      height: 2 + random.below(9),
      width: 2 + random.below(9),
      channels: 1 + random.below(40),
    };
    const outputs = {
      ...(await onBoth((desk) => everyOperation(desk, shape, seed), PRODUCT_WAYS)),
      ...(await onBoth((desk) => everyMapOperation(desk, map, seed))),
    };
    for (const { buffer, byteOffset, byteLength } of Object.values(outputs)) {
      digests.push(sha256Hex(new Uint8Array(buffer, byteOffset, byteLength)));
    }
  }
  return sha256Hex(new TextEncoder().encode(digests.join()));
}
