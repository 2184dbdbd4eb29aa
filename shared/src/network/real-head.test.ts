import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { mnistTask } from '../task/built-in.js';
import type { Task } from '../task/task.js';
import { hadamardCode } from './hadamard.js';
import { parameterCount } from './head.js';
import { initialModel } from './initial-model.js';
import { RealHead } from './real-head.js';
import { createRealOptimizer } from './real-optimizer.js';
import { prototypes } from './testing/prototypes.js';

const BITS = 37;
const HIDDEN = 22;

function taskWith(outputLayer: Task['head']['outputLayer']): Task {
  const task = mnistTask({
    extractor: { sha256: '0'.repeat(64), kind: 'pixels', bits: BITS },
    hidden: [HIDDEN],
    rule: 'fedavg-fp32',
    federation: { rounds: 10, goal: 2, seed: 5 },
  });
  return { ...task, head: { ...task.head, outputLayer } };
}

const data = prototypes(50, BITS, 0.2, 1);
const rows = Uint32Array.from({ length: 11 }, (_, i) => 3 * i);

/** The same perceptron in TensorFlow.js: loss and gradients in [inputs][neurons]. */
function autodiff(task: Task, weights: readonly Float32Array[]) {
  const x = Array.from(rows, (row) =>
    Array.from({ length: BITS }, (_, k) => (data.bits.get(row, k) ? 1 : -1)),
  );
  const code = hadamardCode(10, HIDDEN);
  const scale = task.head.logitScale / Math.sqrt(HIDDEN);
  const fixed = tf.tensor2d(
    Array.from({ length: HIDDEN }, (_, k) =>
      Array.from({ length: 10 }, (_, c) => (code.get(c, k) ? scale : -scale)),
    ),
  );
  const labels = tf.oneHot(
    tf.tensor1d(
      Array.from(rows, (row) => data.labels[row]),
      'int32',
    ),
    10,
  );
  const lossOf = (first: tf.Tensor, second: tf.Tensor = fixed) => {
    const hidden = tf.relu(tf.matMul(tf.tensor2d(x), first));
    const logProbabilities = tf.logSoftmax(tf.matMul(hidden, second) as tf.Tensor2D);
    return tf.neg(tf.mean(tf.sum(tf.mul(labels, logProbabilities), 1))) as tf.Scalar;
  };
  const shapes: [number, number][] = [
    [BITS, HIDDEN],
    [HIDDEN, 10],
  ];
  const tensors = weights.map((values, l) => tf.tensor2d(values, shapes[l]));
  const { value, grads } = tf.valueAndGrads(lossOf)(tensors);
  return { loss: value.dataSync()[0], gradients: grads.map((grad) => grad.dataSync()) };
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('the real-valued head', () => {
  it.each(['hadamard', 'trained'] as const)(
    'has the loss and gradients that TensorFlow.js finds, with output layer %s',
    (outputLayer) => {
      const task = taskWith(outputLayer);
      const head = new RealHead(task, 16);
      head.load(initialModel(task));
      head.forward(data.bits, rows);
      const loss = head.backward(data.labels, rows);
      const trained = head.layers.filter((layer) => layer.trained);
      const expected = autodiff(
        task,
        trained.map(({ weights }) => weights),
      );
      expect(loss).toBeCloseTo(expected.loss, 5);
      trained.forEach(({ weightGradient }, l) => {
        expect(expected.gradients[l]).toHaveLength(weightGradient.length);
        weightGradient.forEach((gradient, i) => {
          expect(Math.abs(gradient - expected.gradients[l][i])).toBeLessThan(1e-6);
        });
      });
    },
  );

  it('gives back the latents that were loaded, in parameter order', () => {
    const task = taskWith('trained');
    const head = new RealHead(task, 16);
    const model = initialModel(task);
    head.load(model);
    const latents = head.latents(parameterCount(task));
    expect([...latents]).toEqual(Array.from(model.latents, (latent) => latent / 2 ** 24));
  });
});

describe('the optimizers of real values', () => {
  it('take the first steps that were computed by hand', () => {
    const sgd = { values: Float32Array.of(0.5, 1), gradient: Float32Array.of(1, -1) };
    const momentum = { kind: 'sgd', learningRate: 0, momentum: 0.5 } as const;
    const optimizer = createRealOptimizer(momentum, [sgd], 1);
    optimizer.step(0.25);
    expect([...sgd.values]).toEqual([0.25, 1]); // the second would be 1.25: clipped
    optimizer.step(0.25);
    expect([...sgd.values]).toEqual([-0.125, 1]); // 0.25 · (0.5 · 1 + 1)
    optimizer.reset();
    optimizer.step(0.25);
    expect(sgd.values[0]).toBe(-0.375);

    // Adam's first step is the learning rate along the gradient's sign, whatever its size.
    const adam = { values: Float32Array.of(0, 0), gradient: Float32Array.of(1e-3, -5) };
    const settings = {
      kind: 'adam',
      learningRate: 0,
      beta1: 0.9,
      beta2: 0.99,
      epsilon: 0,
    } as const;
    createRealOptimizer(settings, [adam], 1).step(0.01);
    expect(adam.values[0]).toBeCloseTo(-0.01, 7);
    expect(adam.values[1]).toBeCloseTo(0.01, 7);
  });
});
