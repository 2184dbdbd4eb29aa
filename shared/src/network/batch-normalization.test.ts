import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bitRowBytes, laneStride } from '../kernels/kernels.js';
import { loadKernels } from '../kernels/load.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { BatchNormalization } from './batch-normalization.js';
import { binarySign } from './testing/straight-through.js';

const NEURONS = 21;
const BATCH = 37;
const STRIDE = laneStride(BATCH);

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** A normalization in the middle of training, with a batch of products and a gradient from above. */
async function example() {
  const kernels = await loadKernels();
  const { memory } = kernels;
  const norm = new BatchNormalization(kernels, NEURONS, BATCH);
  const product = memory.allocate(4 * NEURONS * STRIDE);
  const gradient = memory.allocate(4 * NEURONS * STRIDE);
  const features = memory.allocate(BATCH * bitRowBytes(NEURONS));
  const random = new Random(deriveSeed(3, 'batch normalization'));
  const draw = () => {
    const z = new Int32Array(memory.buffer, product, NEURONS * STRIDE);
    z.forEach((_, i) => {
      z[i] = random.below(41) - 20 + (i % NEURONS);
    });
    const g = new Float32Array(memory.buffer, gradient, NEURONS * STRIDE);
    g.forEach((_, i) => {
      g[i] = random.unit() - 0.5;
    });
  };
  // Some steps, so that γ and β are no longer 1 and 0.
  for (let step = 0; step < 20; step++) {
    draw();
    norm.forward(product, BATCH, features);
    norm.backward(product, BATCH, gradient);
    norm.step(0.05);
  }
  draw();
  return { kernels, norm, product, gradient, features };
}

const rows = (all: ArrayLike<number>) =>
  Array.from({ length: NEURONS }, (_, n) =>
    Array.from({ length: BATCH }, (_, b) => all[n * STRIDE + b]),
  );

describe('batch normalization in training', () => {
  it('has the signs and the gradients of TensorFlow.js', async () => {
    const { kernels, norm, product, gradient, features } = await example();
    const { buffer } = kernels.memory;
    const { gamma, beta, epsilon } = norm.parameters();
    const z = rows(new Int32Array(buffer, product, NEURONS * STRIDE));
    const above = rows(new Float32Array(buffer, gradient, NEURONS * STRIDE));
    const column = (values: ArrayLike<number>) => tf.tensor2d(Array.from(values), [NEURONS, 1]);
    const loss = (x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor) => {
      const { mean, variance } = tf.moments(x, 1, true);
      const y = tf.add(
        tf.mul(scale, tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon)))),
        shift,
      );
      const a = binarySign(y);
      return { a, sum: tf.sum(tf.mul(a, tf.tensor2d(above))) as tf.Scalar };
    };
    const inputs = [tf.tensor2d(z), column(gamma), column(beta)];
    const [dz, dGamma, dBeta] = tf.grads((x, scale, shift) => loss(x, scale, shift).sum)(inputs);
    const signs = loss(inputs[0], inputs[1], inputs[2]).a.arraySync() as number[][];

    norm.forward(product, BATCH, features);
    const bits = new Uint8Array(buffer, features, BATCH * bitRowBytes(NEURONS));
    for (let n = 0; n < NEURONS; n++) {
      for (let b = 0; b < BATCH; b++) {
        const bit = (bits[b * bitRowBytes(NEURONS) + (n >> 3)] >> (n & 7)) & 1;
        expect(2 * bit - 1).toBe(signs[n][b]);
      }
    }
    norm.backward(product, BATCH, gradient);
    const ours = rows(new Float32Array(buffer, gradient, NEURONS * STRIDE));
    const expected = dz.arraySync() as number[][];
    for (let n = 0; n < NEURONS; n++) {
      for (let b = 0; b < BATCH; b++) expect(ours[n][b]).toBeCloseTo(expected[n][b], 5);
    }
    // Adam's first moment after a step from here moves each parameter against its gradient.
    const before = norm.parameters();
    for (let step = 0; step < 60; step++) norm.step(0.01);
    const after = norm.parameters();
    [...dGamma.dataSync()].forEach((slope, n) => {
      if (Math.abs(slope) > 0.01)
        expect(Math.sign(before.gamma[n] - after.gamma[n])).toBe(Math.sign(slope));
    });
    [...dBeta.dataSync()].forEach((slope, n) => {
      if (Math.abs(slope) > 0.01)
        expect(Math.sign(before.beta[n] - after.beta[n])).toBe(Math.sign(slope));
    });
  });

  it('keeps running averages near the mean and variance of the products', async () => {
    const { norm } = await example();
    const { mean, variance } = norm.parameters();
    // z is uniform on 41 integers, the mean of which wanders with the element: −20 … 20 plus 0 … 20.
    for (let n = 0; n < NEURONS; n++) {
      expect(Math.abs(mean[n] - 10)).toBeLessThan(5);
      expect(variance[n]).toBeGreaterThan(100);
      expect(variance[n]).toBeLessThan(260);
    }
  });
});
