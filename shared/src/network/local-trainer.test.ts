import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { BitMatrix } from '../kernels/bits.js';
import { PRODUCT_WAYS } from '../kernels/testing/both-connectors.js';
import { deriveSeed } from '../random/seed.js';
import { roundSeed } from '../rules/seeds.js';
import { mnistTask } from '../task/built-in.js';
import type { Task } from '../task/task.js';
import { hadamardCode } from './hadamard.js';
import { headLayers, parameterCount } from './head.js';
import { HeadEvaluator } from './head-evaluator.js';
import { initialModel } from './initial-model.js';
import type { SingleLabelBits } from './labeled-bits.js';
import { LocalTrainer } from './local-trainer.js';
import { prototypes } from './testing/prototypes.js';
import { binarySign, weightSign } from './testing/straight-through.js';

interface Shape {
  readonly bits: number;
  readonly hidden: readonly number[];
  readonly outputLayer?: 'hadamard' | 'trained';
  readonly batch?: number;
  readonly optimizer?: Task['training']['optimizer'];
}

function tinyTask(shape: Shape): Task {
  const task = mnistTask({
    extractor: { sha256: '0'.repeat(64), kind: 'pixels', bits: shape.bits },
    hidden: shape.hidden,
    rule: 'sign-vote',
    training: {
      batch: shape.batch ?? 16,
      ...(shape.optimizer && { optimizer: shape.optimizer }),
    },
    federation: { rounds: 10, goal: 2, seed: 5 },
  });
  return { ...task, head: { ...task.head, outputLayer: shape.outputLayer ?? 'hadamard' } };
}

const signs = (data: SingleLabelBits, rows: Uint32Array) =>
  Array.from(rows, (row) =>
    Array.from({ length: data.bits.cols }, (_, k) => (data.bits.get(row, k) ? 1 : -1)),
  );

/** The same network in floats, with automatic differentiation: loss and ∂loss/∂latents. */
function floatGradients(
  task: Task,
  latents: Float32Array,
  data: SingleLabelBits,
  rows: Uint32Array,
) {
  return tf.tidy(() => {
    const layers = headLayers(task);
    let offset = 0;
    const tensors = layers
      .filter((layer) => layer.trained)
      .map((layer) => {
        const size = layer.neurons * layer.inputs;
        const tensor = tf.tensor2d(latents.slice(offset, offset + size), [
          layer.neurons,
          layer.inputs,
        ]);
        offset += size;
        return tensor;
      });
    const output = layers[layers.length - 1];
    const code = hadamardCode(output.neurons, output.inputs);
    const fixed = tf.tensor2d(
      Array.from({ length: output.neurons }, (_, c) =>
        Array.from({ length: output.inputs }, (_, j) => (code.get(c, j) ? 1 : -1)),
      ),
    );
    const labels = tf.oneHot(
      tf.tensor1d(
        Array.from(rows, (row) => data.labels[row]),
        'int32',
      ),
      output.neurons,
    );
    const lossOf = (...weights: tf.Tensor[]) => {
      let x: tf.Tensor = tf.tensor2d(signs(data, rows));
      layers.forEach((layer, l) => {
        const w = layer.trained ? (weightSign(weights[l]) as tf.Tensor) : fixed;
        const product = tf.div(tf.matMul(x, w, false, true), Math.sqrt(layer.inputs));
        x =
          l === layers.length - 1
            ? tf.mul(product, task.head.logitScale)
            : (binarySign(product) as tf.Tensor);
      });
      const logProbabilities = tf.logSoftmax(x as tf.Tensor2D);
      return tf.neg(tf.mean(tf.sum(tf.mul(labels, logProbabilities), 1))) as tf.Scalar;
    };
    const { value, grads } = tf.valueAndGrads(lossOf)(tensors);
    return { loss: value.dataSync()[0], gradients: grads.map((grad) => grad.dataSync()) };
  });
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('one training step', () => {
  it.each([
    { bits: 100, hidden: [32] },
    { bits: 130, hidden: [48, 33] },
    { bits: 65, hidden: [24], outputLayer: 'trained' as const },
  ])(
    'with SGD moves latents by the gradient that TensorFlow.js finds: $bits-$hidden $outputLayer',
    async (shape) => {
      const learningRate = 0.05;
      const task = tinyTask({ ...shape, optimizer: { kind: 'sgd', learningRate, momentum: 0 } });
      const data = prototypes(40, shape.bits, 0.2, 1);
      const rows = Uint32Array.from({ length: 13 }, (_, i) => 3 * i);
      const trainer = await LocalTrainer.create(task);
      trainer.load(initialModel(task));
      const before = trainer.latents();
      const loss = trainer.step(data, rows, learningRate);
      const after = trainer.latents();

      const expected = floatGradients(task, before, data, rows);
      expect(loss).toBeCloseTo(expected.loss, 5);
      let i = 0;
      for (const gradients of expected.gradients) {
        for (const gradient of gradients) {
          const moved = Math.max(-1, Math.min(1, before[i] - learningRate * gradient));
          expect(Math.abs(after[i] - moved)).toBeLessThan(1e-6);
          i++;
        }
      }
      expect(i).toBe(parameterCount(task));
      expect(after).not.toEqual(before);
    },
  );

  it('with Adam takes first steps of the learning rate against the sign of the gradient', async () => {
    // With bias correction the first step is lr · g / (|g| + ε): Kingma & Ba, section 2.1.
    const task = tinyTask({ bits: 100, hidden: [32] });
    const data = prototypes(40, 100, 0.2, 2);
    const rows = Uint32Array.from({ length: 16 }, (_, i) => i);
    const trainer = await LocalTrainer.create(task);
    trainer.load(initialModel(task));
    const before = trainer.latents();
    trainer.step(data, rows, 0.005);
    const after = trainer.latents();
    const [gradients] = floatGradients(task, before, data, rows).gradients;
    let checked = 0;
    gradients.forEach((gradient, i) => {
      if (Math.abs(gradient) < 1e-4) return;
      expect(after[i] - before[i]).toBeCloseTo(-0.005 * Math.sign(gradient), 5);
      checked++;
    });
    expect(checked).toBeGreaterThan(1000);
  });
});

describe('local training', () => {
  it('learns ten noisy prototypes', async () => {
    const task = tinyTask({ bits: 128, hidden: [64] });
    const data = prototypes(600, 128, 0.25, 3);
    const test = prototypes(600, 128, 0.25, 3);
    const trainer = await LocalTrainer.create(task);
    const model = initialModel(task);
    trainer.load(model);
    const first = trainer.run({ data, epochs: 1, learningRate: 0.005, seed: deriveSeed(1, 'a') });
    const last = trainer.run({ data, epochs: 5, learningRate: 0.005, seed: deriveSeed(1, 'b') });
    expect(last).toBeLessThan(first / 2);
    const latents = Int16Array.from(trainer.latents(), (h) => Math.round(h * 32_767));
    const evaluator = await HeadEvaluator.create(task);
    const { correct, total } = evaluator.evaluate({ round: 1, fraction: 15, latents }, test);
    expect(correct / total).toBeGreaterThan(0.9);
  });

  it('gives the same bytes with every choice of kernels', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 11, max: 70 }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        async (bits, hidden, batch, trained) => {
          const task = tinyTask({
            bits,
            hidden: [hidden],
            batch,
            outputLayer: trained ? 'trained' : 'hadamard',
          });
          const data = prototypes(50, bits, 0.2, 4);
          const results = [];
          for (const kernels of [{ kind: 'reference' as const }, ...PRODUCT_WAYS]) {
            const trainer = await LocalTrainer.create(task, { kernels });
            trainer.load(initialModel(task));
            const seed = deriveSeed(9, 'run');
            const loss = trainer.run({ data, epochs: 2, learningRate: 0.01, seed });
            results.push({ loss, latents: trainer.latents() });
          }
          for (const result of results) expect(result).toEqual(results[0]);
        },
      ),
      { numRuns: 8 },
    );
  });

  it('does not carry anything over from one client to the next', async () => {
    const task = tinyTask({ bits: 128, hidden: [64] });
    const [one, other] = [prototypes(90, 128, 0.2, 6), prototypes(70, 128, 0.3, 7)];
    const global = initialModel(task);
    const train = (trainer: LocalTrainer, client: string, data: SingleLabelBits) =>
      trainer.trainLocally({
        task,
        global,
        round: 1,
        roundSeed: roundSeed(task, 1),
        client,
        data,
      });
    const busy = await LocalTrainer.create(task);
    train(busy, 'a', one);
    const afterAnother = train(busy, 'b', other);
    const alone = train(await LocalTrainer.create(task), 'b', other);
    expect(afterAnother).toEqual(alone);
  });

  it('trains alike on its own copy of the rows and on rows of shared data', async () => {
    const task = tinyTask({ bits: 96, hidden: [32] });
    const all = prototypes(100, 96, 0.2, 8);
    const samples = Uint32Array.from([5, 17, 18, 40, 41, 42, 77, 99, 3, 60]);
    const own: SingleLabelBits = {
      bits: BitMatrix.create(samples.length, 96),
      labels: Int32Array.from(samples, (row) => all.labels[row]),
    };
    samples.forEach((row, i) => {
      for (let k = 0; k < 96; k++) own.bits.set(i, k, all.bits.get(row, k));
    });
    const common = {
      task,
      global: initialModel(task),
      round: 3,
      roundSeed: roundSeed(task, 3),
      client: 'c',
    };
    const trainer = await LocalTrainer.create(task);
    expect(trainer.trainLocally({ ...common, data: all, samples })).toEqual(
      trainer.trainLocally({ ...common, data: own }),
    );
  });

  it('refuses data that do not fit the task, naming what is wrong', async () => {
    const task = tinyTask({ bits: 96, hidden: [32] });
    const trainer = await LocalTrainer.create(task);
    const run = (data: SingleLabelBits) => () =>
      trainer.run({ data, epochs: 1, learningRate: 0.01, seed: deriveSeed(1) });
    expect(run(prototypes(10, 95, 0.1, 1))).toThrow(/95 latent bits.*96/);
    const data = prototypes(10, 96, 0.1, 1);
    expect(run({ ...data, labels: data.labels.slice(1) })).toThrow(/10 samples but 9 labels/);
    expect(run({ ...data, labels: data.labels.map(() => 10) })).toThrow(/label 10 of sample 0/);
    expect(run({ bits: BitMatrix.create(0, 96), labels: new Int32Array(0) })).toThrow(/empty/);
  });
});

describe('the Hadamard code', () => {
  it('has orthogonal rows when the width is a power of two', () => {
    const code = hadamardCode(10, 64);
    for (let a = 0; a < 10; a++) {
      for (let b = 0; b < 10; b++) {
        let product = 0;
        for (let j = 0; j < 64; j++) product += code.get(a, j) === code.get(b, j) ? 1 : -1;
        expect(product).toBe(a === b ? 64 : 0);
      }
    }
  });
});
