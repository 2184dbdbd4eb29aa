import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { BitMatrix } from '../kernels/bits.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { mnistTask } from '../task/built-in.js';
import type { ConvolutionSettings, Task } from '../task/task.js';
import { describeHead } from './describe.js';
import { hadamardCode } from './hadamard.js';
import { checkHead, headLayers, parameterCount } from './head.js';
import { HeadEvaluator } from './head-evaluator.js';
import { initialModel } from './initial-model.js';
import type { SingleLabelBits } from './labeled-bits.js';
import type { LayerShape } from './layer-shape.js';
import { LocalTrainer } from './local-trainer.js';
import { binarySign, weightSign } from './testing/straight-through.js';

interface Shape {
  readonly convolution?: ConvolutionSettings;
  readonly bits?: number;
  readonly hidden: readonly number[];
  readonly batch?: number;
  readonly optimizer?: Task['training']['optimizer'];
}

function taskOf({ convolution, bits, hidden, batch, optimizer }: Shape): Task {
  const map = convolution ?? { width: 1, height: 1, channels: bits ?? 0 };
  return mnistTask({
    extractor: {
      sha256: '0'.repeat(64),
      kind: 'pixels',
      bits: bits ?? map.width * map.height * map.channels,
    },
    convolution,
    hidden,
    training: { batch: batch ?? 16, ...(optimizer && { optimizer }) },
    federation: { rounds: 10, goal: 2, seed: 5 },
  });
}

/** [width, height, channels] and filters, the pooled ones negative. */
function convolution(map: readonly [number, number, number], ...filters: number[]) {
  const [width, height, channels] = map;
  const layers = filters.map((count) => ({ filters: Math.abs(count), pool: count < 0 }));
  return { width, height, channels, layers };
}

const SIDE = 12;
const GLYPH = 5;

/** Ten random 5×5 glyphs, one a sample, anywhere on an image; a few pixels are wrong. */
function glyphs(samples: number, seed: number): SingleLabelBits {
  const drawing = new Random(deriveSeed(1, 'shapes'));
  const shapes = Array.from({ length: 10 }, () =>
    Array.from({ length: GLYPH * GLYPH }, () => drawing.unit() < 0.5),
  );
  const random = new Random(deriveSeed(seed, 'glyphs'));
  const bits = BitMatrix.create(samples, SIDE * SIDE);
  const labels = Int32Array.from({ length: samples }, () => random.below(shapes.length));
  for (let i = 0; i < samples; i++) {
    const [top, left] = [random.below(SIDE - GLYPH + 1), random.below(SIDE - GLYPH + 1)];
    for (let p = 0; p < SIDE * SIDE; p++) {
      const [y, x] = [Math.floor(p / SIDE) - top, (p % SIDE) - left];
      const inside = y >= 0 && y < GLYPH && x >= 0 && x < GLYPH;
      const ink = inside && shapes[labels[i]][GLYPH * y + x];
      bits.set(i, p, ink !== random.unit() < 0.02);
    }
  }
  return { bits, labels };
}

function randomData(task: Task, samples: number, seed: number): SingleLabelBits {
  const random = new Random(deriveSeed(seed, 'data'));
  const bits = BitMatrix.create(samples, task.extractor.bits);
  for (let i = 0; i < samples; i++) {
    for (let k = 0; k < bits.cols; k++) bits.set(i, k, random.unit() < 0.5);
  }
  return { bits, labels: Int32Array.from({ length: samples }, () => random.below(10)) };
}

/** ±1 of a bit matrix. */
const signs = (bits: BitMatrix) =>
  Array.from({ length: bits.rows }, (_, r) =>
    Array.from({ length: bits.cols }, (_, c) => (bits.get(r, c) ? 1 : -1)),
  );

/** A layer's product in floats, of a map [batch][height][width][channels]; then pooled, about √K. */
function floatProduct(layer: LayerShape, map: tf.Tensor, weights: tf.Tensor): tf.Tensor {
  const { height, width, channels } = layer.map;
  if (layer.kind === 'dense') {
    return tf.matMul(tf.reshape(map, [-1, layer.inputs]) as tf.Tensor2D, tf.transpose(weights));
  }
  const image = tf.reshape(map, [-1, height, width, channels]);
  const border: [number, number][] = [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ];
  const filters = tf.transpose(tf.reshape(weights, [-1, 3, 3, channels]), [1, 2, 3, 0]);
  const padded = tf.pad(image, border, -1) as tf.Tensor4D;
  const product = tf.conv2d(padded, filters as tf.Tensor4D, 1, 'valid');
  if (!layer.pool) return product;
  return tf.sub(tf.maxPool(product, 2, 2, 'valid'), Math.floor(Math.sqrt(layer.inputs)));
}

/** The head in floats, with automatic differentiation: loss and ∂loss/∂latents in their order. */
function floatGradients(task: Task, latents: Float32Array, data: SingleLabelBits) {
  return tf.tidy(() => {
    const layers = headLayers(task);
    const output = layers[layers.length - 1];
    const code = tf.tensor2d(signs(hadamardCode(output.neurons, output.inputs)));
    const labels = tf.oneHot(tf.tensor1d(data.labels, 'int32'), output.neurons);
    const lossOf = (all: tf.Tensor) => {
      let x: tf.Tensor = tf.tensor2d(signs(data.bits));
      let offset = 0;
      for (const layer of layers) {
        const size = layer.neurons * layer.inputs;
        const w = layer.trained
          ? (weightSign(
              tf.reshape(tf.slice(all, offset, size), [layer.neurons, layer.inputs]),
            ) as tf.Tensor)
          : code;
        offset += size;
        const z = tf.div(floatProduct(layer, x, w), Math.sqrt(layer.inputs));
        x = layer === output ? tf.mul(z, task.head.logitScale) : (binarySign(z) as tf.Tensor);
      }
      const logProbabilities = tf.logSoftmax(x as tf.Tensor2D);
      return tf.neg(tf.mean(tf.sum(tf.mul(labels, logProbabilities), 1))) as tf.Scalar;
    };
    const { value, grad } = tf.valueAndGrad(lossOf)(tf.tensor1d(latents));
    return { loss: value.dataSync()[0], gradient: grad.dataSync() };
  });
}

/** Trains, and gives the share of right answers on other data. */
async function accuracy(
  task: Task,
  train: SingleLabelBits,
  test: SingleLabelBits,
): Promise<number> {
  const trainer = await LocalTrainer.create(task);
  trainer.load(initialModel(task));
  trainer.run({ data: train, epochs: 15, learningRate: 0.005, seed: deriveSeed(1, 'run') });
  const latents = Int16Array.from(trainer.latents(), (h) => Math.round(h * 32_767));
  const evaluator = await HeadEvaluator.create(task);
  const { correct, total } = evaluator.evaluate({ round: 1, fraction: 15, latents }, test);
  return correct / total;
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('a head with convolutions', () => {
  it('lists its layers: shapes, parameters, multiply-accumulates', () => {
    const task = taskOf({
      convolution: convolution([28, 28, 1], -16, -32),
      hidden: [256],
      batch: 50,
    });
    expect(describeHead(task)).toMatchObject([
      { name: 'convolution 1', inputs: 9, neurons: 16, parameters: 144, binaryMacs: 144 * 784 },
      { name: 'convolution 2', inputs: 144, neurons: 32, parameters: 4608, binaryMacs: 4608 * 196 },
      { name: 'binary 3', inputs: 7 * 7 * 32, neurons: 256, parameters: 401_408 },
      { name: 'hadamard code', inputs: 256, neurons: 10, parameters: 0 },
    ]);
    expect(parameterCount(task)).toBe(144 + 4608 + 401_408);
  });

  it.each([
    { convolution: convolution([6, 5, 3], 8), hidden: [20] },
    { convolution: convolution([7, 9, 1], -5), hidden: [24] },
    { convolution: convolution([8, 6, 2], 6, -9, 7), hidden: [17, 33] },
    { convolution: convolution([5, 4, 1], -6, -7), hidden: [16] },
  ])(
    'takes the SGD step that TensorFlow.js finds: $convolution.layers → $hidden',
    async (shape) => {
      const learningRate = 0.05;
      const task = taskOf({ ...shape, optimizer: { kind: 'sgd', learningRate, momentum: 0 } });
      const data = randomData(task, 11, 1);
      const trainer = await LocalTrainer.create(task);
      trainer.load(initialModel(task));
      const before = trainer.latents();
      const samples = Uint32Array.from({ length: 11 }, (_, i) => i);
      const loss = trainer.step(data, samples, learningRate);
      const after = trainer.latents();

      const expected = floatGradients(task, before, data);
      expect(loss).toBeCloseTo(expected.loss, 5);
      expect(expected.gradient).toHaveLength(parameterCount(task));
      let moved = 0;
      expected.gradient.forEach((gradient, i) => {
        const latent = Math.max(-1, Math.min(1, before[i] - learningRate * gradient));
        expect(Math.abs(after[i] - latent)).toBeLessThan(1e-6);
        if (Math.abs(latent - before[i]) > 1e-5) moved++;
      });
      expect(moved).toBeGreaterThan(parameterCount(task) / 20);
    },
  );

  it('gives the same bytes with the SIMD kernels and with the reference', async () => {
    const side = fc.integer({ min: 2, max: 8 });
    const filters = fc.integer({ min: 1, max: 20 });
    await fc.assert(
      fc.asyncProperty(
        side,
        side,
        fc.integer({ min: 1, max: 5 }),
        filters,
        filters,
        fc.integer({ min: 1, max: 13 }),
        async (width, height, channels, first, second, batch) => {
          const layers = convolution([width, height, channels], -first, second);
          const task = taskOf({ convolution: layers, hidden: [19], batch });
          const data = randomData(task, 20, 2);
          const results = [];
          for (const kernels of [{ kind: 'simd' }, { kind: 'reference' }] as const) {
            const trainer = await LocalTrainer.create(task, { kernels });
            trainer.load(initialModel(task));
            const seed = deriveSeed(9, 'run');
            const loss = trainer.run({ data, epochs: 1, learningRate: 0.01, seed });
            results.push({ loss, latents: trainer.latents() });
          }
          expect(results[0]).toEqual(results[1]);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('finds glyphs anywhere on an image, where a larger dense head does not', async () => {
    const [train, test] = [glyphs(2000, 1), glyphs(1000, 2)];
    const task = taskOf({
      convolution: convolution([SIDE, SIDE, 1], -32, -32),
      hidden: [64],
      batch: 50,
    });
    const dense = taskOf({ bits: SIDE * SIDE, hidden: [256], batch: 50 });
    expect(parameterCount(dense)).toBeGreaterThan(parameterCount(task));
    expect(await accuracy(task, train, test)).toBeGreaterThan(0.8);
    expect(await accuracy(dense, train, test)).toBeLessThan(0.5);
  });

  it('is refused where its maps do not fit, naming the field', () => {
    const refused = (shape: ConvolutionSettings, bits?: number) => () =>
      checkHead(taskOf({ convolution: shape, hidden: [32], ...(bits && { bits }) }));
    expect(refused(convolution([28, 28, 1], 8), 785)).toThrow(/head\.convolution.*784 bits.*785/);
    expect(refused(convolution([4, 3, 1], -8, -8))).toThrow(/layers\.1\.pool.*2×1/);
    expect(refused(convolution([64, 64, 1], -64, 512))).toThrow(/layers\.1\.filters.*524288/);
    expect(refused(convolution([4, 3, 1], -8, 8))).not.toThrow();
  });
});
