import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { BitMatrix } from '../kernels/bits.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { type BatchNorm, foldBatchNorm } from './batch-norm.js';
import { BinaryNetwork } from './binary-network.js';

const INPUTS = 33;

/** One sample for each product in [−INPUTS, INPUTS] (of the parity of INPUTS) with all-one weights. */
const samples = BitMatrix.create(INPUTS + 1, INPUTS);
const products = Array.from({ length: INPUTS + 1 }, (_, i) => 2 * i - INPUTS);
products.forEach((_, i) => {
  for (let k = 0; k < i; k++) samples.set(i, k, true);
});

/** y of TensorFlow.js, [z][neuron]. */
function normalized(norm: BatchNorm, values: readonly number[]): Float32Array {
  return tf.tidy(() => {
    const neurons = norm.gamma.length;
    const row = (numbers: ArrayLike<number>) => tf.tensor1d(Array.from(numbers));
    const x = tf.tile(tf.tensor2d([...values], [values.length, 1]), [1, neurons]) as tf.Tensor2D;
    const { mean, variance, beta, gamma, epsilon } = norm;
    return tf
      .batchNorm2d(x, row(mean), row(variance), row(beta), row(gamma), epsilon)
      .dataSync<'float32'>();
  });
}

function randomNorm(neurons: number, draw: (low: number, high: number) => number): BatchNorm {
  const numbers = (low: number, high: number) =>
    Float32Array.from({ length: neurons }, () => draw(low, high));
  return {
    gamma: numbers(-2, 2),
    beta: numbers(-3, 3),
    mean: numbers(-12, 12),
    variance: numbers(0.1, 80),
    epsilon: Math.fround(1e-3),
  };
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('a folded batch normalization', () => {
  it('has the sign of that of TensorFlow.js for every integer product', () => {
    const random = new Random(deriveSeed(1, 'batch norm'));
    const norm = randomNorm(300, (low, high) => low + (high - low) * random.unit());
    const all = Array.from({ length: 2 * INPUTS + 1 }, (_, i) => i - INPUTS);
    const weights = BitMatrix.create(300, INPUTS);
    const layer = foldBatchNorm(norm, weights);
    const y = normalized(norm, all);
    let fired = 0;
    all.forEach((z, i) => {
      for (let n = 0; n < 300; n++) {
        const own = layer.weights.get(n, 0) === weights.get(n, 0) ? z : -z;
        const fires = own >= layer.thresholds[n];
        expect(fires).toBe(y[i * 300 + n] >= 0);
        fired += Number(fires);
      }
    });
    expect(fired).toBeGreaterThan(3000);
    expect(fired).toBeLessThan(17_000);
  });

  it('fires on the boundary itself, whichever the sign of γ', () => {
    // √(σ² + ε) = 2, so that y = γ(z − μ)/2 + β is exact: 0 at z = μ − 2β/γ, an integer.
    const rows: [gamma: number, beta: number, mean: number][] = [];
    for (const gamma of [-4, -1, -0.5, 0.25, 1, 2])
      for (const boundary of [-5, 0, 1, 12])
        for (const beta of [-0.5, 0, 0.25]) rows.push([gamma, beta, boundary + (2 * beta) / gamma]);
    const column = (c: number) => rows.map((row) => row[c]);
    const variance = rows.map(() => 3.75);
    const norm = {
      ...{ gamma: column(0), beta: column(1), mean: column(2) },
      ...{ variance, epsilon: 0.25 },
    };
    const layer = foldBatchNorm(norm, BitMatrix.create(rows.length, INPUTS));
    const boundaries = [-5, 0, 1, 12];
    const y = normalized(norm, boundaries);
    rows.forEach(([gamma], n) => {
      const b = Math.floor(n / 3) % 4;
      expect(y[b * rows.length + n]).toBe(0);
      expect(layer.thresholds[n]).toBe(gamma > 0 ? boundaries[b] : 0 - boundaries[b]);
    });
  });

  it('gives a binary network that fires as the normalized one, with weights of both signs', async () => {
    const random = new Random(deriveSeed(2, 'batch norm'));
    const norm = randomNorm(64, (low, high) => low + (high - low) * random.unit());
    const weights = BitMatrix.create(64, INPUTS);
    for (let n = 0; n < 64; n++) for (let k = 0; k < INPUTS; k++) weights.set(n, k, n % 2 === 0);
    const network = await BinaryNetwork.create([foldBatchNorm(norm, weights)]);
    const margins = network.margins(samples);
    const [up, down] = [
      normalized(norm, products),
      normalized(
        norm,
        products.map((z) => -z),
      ),
    ];
    products.forEach((_, i) => {
      for (let n = 0; n < 64; n++) {
        const at = i * 64 + n;
        expect(margins[at] >= 0).toBe((n % 2 === 0 ? up : down)[at] >= 0);
      }
    });
  });

  it('is constant where γ is 0 or the boundary is out of reach', () => {
    const norm = {
      gamma: [0, 0, 0, 1, 1],
      beta: [-1, 0, 1, 0, 0],
      mean: [0, 0, 0, 1000, -1000],
      variance: [1, 1, 1, 1, 1],
      epsilon: 0,
    };
    const { thresholds } = foldBatchNorm(norm, BitMatrix.create(5, INPUTS));
    expect([...thresholds]).toEqual([INPUTS + 1, -INPUTS, -INPUTS, INPUTS + 1, -INPUTS]);
  });

  it('is refused where a number is not finite or the variance is not positive', () => {
    const good = { gamma: [1], beta: [0], mean: [0], variance: [1], epsilon: 0 };
    const fold = (change: Partial<BatchNorm>) => () =>
      foldBatchNorm({ ...good, ...change }, BitMatrix.create(1, 3));
    expect(fold({})).not.toThrow();
    expect(fold({ gamma: [Number.NaN] })).toThrow(/neuron 0: γ NaN/);
    expect(fold({ mean: [] })).toThrow(/μ undefined/);
    expect(fold({ variance: [-1] })).toThrow(/σ² \+ ε -1/);
    expect(fold({ variance: [0] })).toThrow(/positive/);
  });
});
