import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { BitMatrix } from './bits.js';
import { type Address, bitRowBytes, type Kernels } from './kernels.js';
import type { LayerStep } from './optimizer-steps.js';
import { onBoth, randomBits, randomFloats } from './testing/both-connectors.js';

/** A layer in plain arrays: latents [neurons][inputs], gradient [neurons][batch]. */
interface Layer {
  readonly latents: Float32Array<ArrayBuffer>;
  readonly gradient: Float32Array<ArrayBuffer>;
  readonly inputsTransposed: BitMatrix;
}

type Step = (kernels: Kernels, layer: LayerStep, first: Address, second: Address) => void;

/** Applies steps to a layer on both connectors; gives latents and weights as [neurons][inputs]. */
async function train(layer: Layer, ...steps: Step[]) {
  const inputs = layer.inputsTransposed.rows;
  const batch = layer.inputsTransposed.cols;
  const neurons = layer.latents.length / inputs;
  const place = (i: number) => {
    const [n, k] = [Math.floor(i / inputs), i % inputs];
    return ((n >> 4) * inputs + k) * 16 + (n & 15);
  };
  const tiles = new Float32Array(((neurons + 15) >> 4) * inputs * 16);
  layer.latents.forEach((latent, i) => {
    tiles[place(i)] = latent;
  });
  const { latents, weights } = await onBoth((desk) => {
    const step: LayerStep = {
      neurons,
      inputs,
      batch,
      inputsTransposed: desk.put(layer.inputsTransposed.bytes),
      gradient: desk.putRows(layer.gradient, batch),
      latents: desk.put(tiles),
      weights: desk.room(neurons * bitRowBytes(inputs)),
    };
    const first = desk.put(new Float32Array(tiles.length));
    const second = desk.put(new Float32Array(tiles.length));
    for (const apply of steps) apply(desk.kernels, step, first, second);
    return {
      latents: desk.floats(step.latents, tiles.length),
      weights: desk.bits(step.weights, neurons, inputs),
    };
  });
  for (let i = 0; i < tiles.length; i++) {
    const neuron = Math.floor(i / (16 * inputs)) * 16 + (i & 15);
    if (neuron >= neurons) expect(Object.is(latents[i], 0)).toBe(true);
  }
  const used = layer.latents.map((_, i) => latents[place(i)]);
  expect(weights).toEqual(BitMatrix.fromSigns(neurons, inputs, used).bytes);
  return used;
}

const adam =
  (t: number, learningRate: number, beta1: number, beta2: number, epsilon: number): Step =>
  (kernels, layer, firstMoment, secondMoment) =>
    kernels.adamStep(layer, {
      ...{ firstMoment, secondMoment, learningRate, beta1, beta2, epsilon },
      correction1: 1 / (1 - beta1 ** t),
      correction2: 1 / (1 - beta2 ** t),
    });

const sgd =
  (learningRate: number, momentum: number): Step =>
  (kernels, layer, momentumBuffer) =>
    kernels.sgdStep(layer, { momentumBuffer, learningRate, momentum });

/** One weight, one sample with input +1. */
const single = (latent: number, gradient: number): Layer => ({
  latents: Float32Array.of(latent),
  gradient: Float32Array.of(gradient),
  inputsTransposed: BitMatrix.fromSigns(1, 1, [1]),
});

/** Gradients are multiples of 2⁻¹⁰ in [−1, 1], so that every dW is exact in f32. */
function randomLayer(seed: number, neurons: number, inputs: number, batch: number): Layer {
  const random = new Random(deriveSeed(seed, 'optimizer'));
  return {
    latents: Float32Array.from({ length: neurons * inputs }, () => 2 * random.unit() - 1),
    gradient: Float32Array.from(
      { length: neurons * batch },
      () => (random.below(2049) - 1024) / 1024,
    ),
    inputsTransposed: randomBits(inputs, batch, random),
  };
}

function slope(layer: Layer, i: number): number {
  const { inputsTransposed, gradient } = layer;
  const [n, k] = [Math.floor(i / inputsTransposed.rows), i % inputsTransposed.rows];
  let sum = 0;
  for (let b = 0; b < inputsTransposed.cols; b++) {
    const value = gradient[n * inputsTransposed.cols + b];
    sum += inputsTransposed.get(k, b) ? value : -value;
  }
  return sum;
}

const clip = (h: number) => Math.max(-1, Math.min(1, h));
const size = (max: number) => fc.integer({ min: 1, max });
const shapes = [fc.nat(1_000_000), size(70), size(200), size(130)] as const;
const byHand = { learningRate: 0.125, beta1: 0.5, beta2: 0.75 };

describe('an Adam step', () => {
  it('moves by the learning rate at first, whatever the gradient (Kingma & Ba, §2.1)', async () => {
    // m = g/2, v = g²/4, corrected to g and g²: the step is α · g/√g².
    const { learningRate, beta1, beta2 } = byHand;
    const first = adam(1, learningRate, beta1, beta2, 0);
    expect([...(await train(single(0.25, 0.5), first))]).toEqual([0.125]);
    expect([...(await train(single(0.25, -64), first))]).toEqual([0.375]);
  });

  it('leaves a weight without gradient where it is, even for an ε too small for f32', async () => {
    for (const epsilon of [0, 1e-60]) {
      expect([...(await train(single(0.25, 0), adam(1, 0.1, 0.9, 0.99, epsilon)))]).toEqual([0.25]);
    }
  });

  it('follows algorithm 1 of the paper over two steps, worked out by hand', async () => {
    // g = ½ twice: m₂ = 3/8, corrected by 4/3 to ½; v₂ = 7/64, corrected by 16/7 to ¼.
    const { learningRate, beta1, beta2 } = byHand;
    const steps = [1, 2].map((t) => adam(t, learningRate, beta1, beta2, 0.5));
    const [latent] = await train(single(0.25, 0.5), ...steps);
    expect(latent).toBeCloseTo(0.25 - 2 * 0.125 * (0.5 / (0.5 + 0.5)), 7);
  });

  it('agrees with the formulas in f64, clips and packs, for any shape', async () => {
    await fc.assert(
      fc.asyncProperty(...shapes, async (seed, neurons, inputs, batch) => {
        const layer = randomLayer(seed, neurons, inputs, batch);
        const [beta1, beta2, epsilon, learningRate] = [0.9, 0.99, 1e-3, 0.02];
        const steps = [1, 2, 3].map((t) => adam(t, learningRate, beta1, beta2, epsilon));
        const latents = await train(layer, ...steps);
        latents.forEach((latent, i) => {
          const g = slope(layer, i);
          let [h, m, v] = [layer.latents[i], 0, 0];
          for (let t = 1; t <= 3; t++) {
            m = beta1 * m + (1 - beta1) * g;
            v = beta2 * v + (1 - beta2) * g * g;
            const [mHat, vHat] = [m / (1 - beta1 ** t), v / (1 - beta2 ** t)];
            h = clip(h - (learningRate * mHat) / (Math.sqrt(vHat) + epsilon));
          }
          expect(Math.abs(latent - h)).toBeLessThan(1e-6);
        });
      }),
      { numRuns: 15 },
    );
  });
});

describe('an SGD step', () => {
  it('gathers momentum and flips a weight, worked out by hand', async () => {
    const step = sgd(0.25, 0.5);
    expect([...(await train(single(0.5, 1), step))]).toEqual([0.25]);
    expect([...(await train(single(0.5, 1), step, step))]).toEqual([-0.125]);
  });

  it('clips latents to [−1, 1]', async () => {
    expect([...(await train(single(0.5, 4), sgd(1, 0)))]).toEqual([-1]);
    expect([...(await train(single(0.5, -4), sgd(1, 0)))]).toEqual([1]);
  });

  it('agrees with the formulas in f64, clips and packs, for any shape', async () => {
    await fc.assert(
      fc.asyncProperty(...shapes, async (seed, neurons, inputs, batch) => {
        const layer = randomLayer(seed, neurons, inputs, batch);
        const latents = await train(layer, sgd(0.01, 0.9), sgd(0.01, 0.9));
        latents.forEach((latent, i) => {
          const g = slope(layer, i);
          const h = clip(clip(layer.latents[i] - 0.01 * g) - 0.01 * (0.9 * g + g));
          expect(Math.abs(latent - h)).toBeLessThan(4e-6);
        });
      }),
      { numRuns: 15 },
    );
  });
});

describe('both optimizers', () => {
  it('have the bytes of the reference for gradients of any size', async () => {
    await fc.assert(
      fc.asyncProperty(...shapes, async (seed, neurons, inputs, batch) => {
        const random = new Random(deriveSeed(seed, 'sizes'));
        const gradient = randomFloats(neurons * batch, random);
        const layer = { ...randomLayer(seed, neurons, inputs, batch), gradient };
        await train(layer, adam(1, 0.01, 0.9, 0.999, 1e-8), adam(2, 0.01, 0.9, 0.999, 1e-8));
        await train(layer, sgd(0.001, 0), sgd(0.001, 0.9));
      }),
      { numRuns: 10 },
    );
  });

  it('serve more inputs than they block, and a lone neuron', async () => {
    for (const [neurons, inputs, batch] of [
      [17, 1100, 5],
      [1, 2049, 1],
      [33, 1, 64],
    ]) {
      const layer = randomLayer(inputs, neurons, inputs, batch);
      await train(layer, adam(1, 0.01, 0.9, 0.999, 1e-8));
      await train(layer, sgd(0.01, 0.9));
    }
  });

  it('end at −1 where the gradient is not a number', async () => {
    expect([...(await train(single(0.5, Number.NaN), sgd(0.1, 0)))]).toEqual([-1]);
    const first = adam(1, 0.1, 0.9, 0.99, 1e-8);
    expect([...(await train(single(0.5, Number.NaN), first))]).toEqual([-1]);
    expect([...(await train(single(0.5, Infinity), first))]).toEqual([-1]);
  });
});
