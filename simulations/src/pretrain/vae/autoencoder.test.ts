import { deriveSeed, Random, type VaeVariant } from '@fedhybnn/shared';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { adamStep, createAdamState } from './adam.js';
import {
  backpropagate,
  createParameters,
  PARAMETER_NAMES,
  type ParameterName,
  perParameter,
} from './autoencoder.js';
import { createLatentLayer } from './latent-layer.js';

const shape = { pixels: 6, hidden: 5, bits: 4 };
const seed = (name: string) => new Random(deriveSeed(1, name));

beforeAll(async () => {
  await tf.setBackend('wasm');
});

function batch(count: number) {
  const random = seed('pixels');
  const target = Float32Array.from({ length: count * shape.pixels }, () => random.unit());
  return { input: target, target };
}

/** The same noise every time. */
const layerOf = (variant: VaeVariant) => createLatentLayer(variant, seed('noise'), 0.7);

/** Loss as a function of one number among the parameters. */
function slopeOf(variant: VaeVariant, name: ParameterName, index: number): number {
  const step = 0.002;
  const [low, high] = [-step, step].map((change) => {
    const parameters = createParameters(shape, 3);
    parameters[name][index] += change;
    const { losses } = backpropagate(shape, parameters, batch(7), layerOf(variant), 0.5);
    return losses.reconstruction + 0.5 * losses.divergence;
  });
  return (high - low) / (2 * step);
}

describe('backpropagation', () => {
  it.each(PARAMETER_NAMES)('gives the slope of the loss by %s', (name) => {
    const parameters = createParameters(shape, 3);
    const { gradients } = backpropagate(shape, parameters, batch(7), layerOf('concrete'), 0.5);
    for (const index of [0, 1, gradients[name].length - 1]) {
      expect(gradients[name][index]).toBeCloseTo(slopeOf('concrete', name, index), 2);
    }
    expect(gradients[name].some((value) => Math.abs(value) > 0.01)).toBe(true);
  });

  it.each(['bernoulli', 'denoising'] as const)(
    'of %s latents is exact in the decoder',
    (variant) => {
      const parameters = createParameters(shape, 3);
      const { gradients } = backpropagate(shape, parameters, batch(7), layerOf(variant), 0.5);
      for (const name of ['decoderWeights1', 'decoderBiases1', 'decoderWeights2'] as const) {
        expect(gradients[name][1]).toBeCloseTo(slopeOf(variant, name, 1), 2);
      }
    },
  );
});

describe('a latent layer', () => {
  const activations = [-9, -1.5, -0.5, 0, 0.5, 1.5, 9];
  const apply = (variant: VaeVariant) => {
    const { values, slope, divergence } = layerOf(variant)(tf.tensor2d([activations]));
    const read = (tensor?: tf.Tensor) => (tensor === undefined ? [] : [...tensor.dataSync()]);
    return { values: read(values), slope: read(slope), divergence: read(divergence?.values) };
  };

  it('denoising: takes signs, straight through near 0', () => {
    const { values, slope, divergence } = apply('denoising');
    expect(values).toEqual([-1, -1, -1, 1, 1, 1, 1]);
    expect(slope).toEqual([0, 0, 1, 1, 1, 0, 0]);
    expect(divergence).toEqual([]);
  });

  it('bernoulli: draws +1 as often as its activation says', () => {
    const draws = 4000;
    const layer = layerOf('bernoulli');
    const { values } = layer(tf.fill([draws, 1], Math.log(3)));
    const ones = values.dataSync().filter((value) => value === 1).length;
    expect(Math.abs(ones / draws - 0.75)).toBeLessThan(0.03);
    expect(new Set(values.dataSync())).toEqual(new Set([-1, 1]));
  });

  it('concrete: stays between the signs, and comes near them when it is cool', () => {
    const { values } = createLatentLayer('concrete', seed('noise'), 0.05)(tf.fill([500, 1], 0));
    const near = values.dataSync().filter((value) => Math.abs(value) > 0.9).length;
    expect(near / 500).toBeGreaterThan(0.8);
    expect(Math.max(...values.dataSync())).toBeLessThanOrEqual(1);
  });

  it.each(['bernoulli', 'concrete'] as const)(
    '%s: diverges from coins by ln 2 less entropy',
    (variant) => {
      apply(variant).divergence.forEach((value, i) => {
        const p = 1 / (1 + Math.exp(-activations[i]));
        const entropy = -p * Math.log(p) - (1 - p) * Math.log(1 - p);
        expect(value).toBeCloseTo(Math.LN2 - entropy, 5);
      });
    },
  );
});

describe('Adam', () => {
  it('steps as that of TensorFlow.js', () => {
    const own = createParameters(shape, 5);
    const state = createAdamState(shape);
    const theirs = perParameter(shape, (_, name) => own[name].slice());
    const variables = PARAMETER_NAMES.map((name) => tf.variable(tf.tensor1d(theirs[name])));
    const optimizer = tf.train.adam(0.01, 0.9, 0.999, 1e-8);
    const random = seed('gradients');
    for (let step = 0; step < 5; step++) {
      const gradients = perParameter(shape, (count) =>
        Float32Array.from({ length: count }, () => random.unit() - 0.5),
      );
      adamStep(own, gradients, state, 0.01);
      optimizer.applyGradients(
        PARAMETER_NAMES.map((name, i) => ({
          name: variables[i].name,
          tensor: tf.tensor1d(gradients[name]),
        })),
      );
    }
    PARAMETER_NAMES.forEach((name, i) => {
      const values = variables[i].dataSync();
      own[name].forEach((value, k) => {
        expect(value).toBeCloseTo(values[k], 5);
      });
    });
  });
});
