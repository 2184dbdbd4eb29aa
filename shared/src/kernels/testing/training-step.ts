/** A training step of a head, kernel by kernel, as `network/` does it; for benchmarks. */
import { Random } from '../../random/random.js';
import { deriveSeed } from '../../random/seed.js';
import { type Address, bitRowBytes, type Kernels, laneStride } from '../kernels.js';
import type { LayerStep } from '../optimizer-steps.js';
import { randomBits } from './both-connectors.js';

interface Layer extends LayerStep {
  readonly input: Address;
  readonly product: Address;
  readonly weightsTransposed: Address;
  readonly firstMoment: Address;
  readonly secondMoment: Address;
}

/** Runs a named part of the step; a benchmark may take the time of it. */
export type Part = (name: string, run: () => void) => void;

/** A step of a network with these layer sizes, on random bits; call it as often as you like. */
export function trainingStep(
  kernels: Kernels,
  sizes: readonly number[],
  batch: number,
  optimizer: 'adam' | 'sgd',
): (part: Part) => void {
  const random = new Random(deriveSeed(1, 'training step'));
  const allocate = (bytes: number) => kernels.memory.allocate(bytes);
  const put = (rows: number, cols: number) => {
    const { bytes } = randomBits(rows, cols, random);
    const address = allocate(bytes.length);
    new Uint8Array(kernels.memory.buffer, address, bytes.length).set(bytes);
    return address;
  };
  const putLatents = (tileBytes: number) => {
    const address = allocate(tileBytes);
    const latents = new Float32Array(kernels.memory.buffer, address, tileBytes >> 2);
    for (let i = 0; i < latents.length; i++) latents[i] = 0.2 * random.unit() - 0.1;
    return address;
  };
  const layers = sizes.slice(1).map((neurons, l): Layer => {
    const inputs = sizes[l];
    const tileBytes = 64 * inputs * ((neurons + 15) >> 4);
    return {
      neurons,
      inputs,
      batch,
      input: put(batch, inputs),
      inputsTransposed: allocate(inputs * bitRowBytes(batch)),
      weights: put(neurons, inputs),
      weightsTransposed: allocate(inputs * bitRowBytes(neurons)),
      product: allocate(4 * neurons * laneStride(batch)),
      gradient: allocate(4 * neurons * laneStride(batch)),
      latents: putLatents(tileBytes),
      firstMoment: allocate(tileBytes),
      secondMoment: allocate(tileBytes),
    };
  });
  const labels = allocate(4 * batch);
  return (part) => {
    forward(kernels, layers, part);
    backward(kernels, layers, labels, part);
    update(kernels, layers, optimizer, part);
  };
}

function forward(kernels: Kernels, layers: readonly Layer[], part: Part): void {
  layers.forEach(({ weights, input, neurons, batch, inputs, product }, l) => {
    part(`xnorProduct ${inputs}→${neurons}`, () => {
      kernels.xnorProduct(weights, input, neurons, batch, inputs, product);
    });
    if (l + 1 === layers.length) return;
    part('activate', () => kernels.activate(product, 0, neurons, batch, layers[l + 1].input));
  });
}

function backward(kernels: Kernels, layers: readonly Layer[], labels: Address, part: Part): void {
  const last = layers.length - 1;
  const { product, inputs, neurons, batch, gradient } = layers[last];
  part('softmaxCrossEntropy', () => {
    const scale = 3 / Math.sqrt(inputs);
    kernels.softmaxCrossEntropy(product, scale, labels, neurons, batch, gradient);
  });
  for (let l = last; l > 0; l--) {
    const { weights, weightsTransposed, neurons, inputs, gradient } = layers[l];
    const below = layers[l - 1];
    part('transposeBits', () => kernels.transposeBits(weights, neurons, inputs, weightsTransposed));
    part(`signProduct ${neurons}→${inputs}`, () => {
      const stride = laneStride(batch);
      const out = below.gradient;
      kernels.signProduct(weightsTransposed, inputs, neurons, gradient, stride, 1, batch, out);
    });
    part('maskGradient', () => {
      const root = Math.sqrt(below.inputs);
      kernels.maskGradient(below.product, root, 1 / root, inputs, batch, below.gradient);
    });
  }
}

function update(
  kernels: Kernels,
  layers: readonly Layer[],
  optimizer: 'adam' | 'sgd',
  part: Part,
): void {
  // A rate of 0: on one batch again and again the network would learn it by heart, and gradients
  // too small for normal f32 would slow the arithmetic down.
  const learningRate = 0;
  const moments = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, correction1: 1, correction2: 1 };
  for (const layer of layers) {
    const { input, batch, inputs, neurons, firstMoment, secondMoment } = layer;
    part('transposeBits', () =>
      kernels.transposeBits(input, batch, inputs, layer.inputsTransposed),
    );
    part(`${optimizer}Step ${inputs}→${neurons}`, () => {
      if (optimizer === 'adam') {
        kernels.adamStep(layer, { firstMoment, secondMoment, learningRate, ...moments });
      } else {
        kernels.sgdStep(layer, { momentumBuffer: firstMoment, learningRate, momentum: 0.9 });
      }
    });
  }
}
