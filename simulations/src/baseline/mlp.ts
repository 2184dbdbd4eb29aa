/**
 * The real-valued peer of a binary head: a perceptron of the same shape with fp32 weights, biases and
 * rectifiers, trained by TensorFlow.js with Adam.
 */
import '@tensorflow/tfjs-backend-wasm';
// The whole package registers the gradients.
import '@tensorflow/tfjs';
import { deriveSeed, Random } from '@fedhybnn/shared';
import * as tf from '@tensorflow/tfjs-core';
import type { Features } from './features.js';

export interface MlpTraining {
  readonly features: Features;
  /** [count][outputs], 0 or 1: the labels that are true of a sample. */
  readonly targets: Float32Array;
  readonly outputs: number;
  readonly hidden: readonly number[];
  /** `softmax`: one label a sample; `sigmoid`: each output by itself. */
  readonly loss: 'softmax' | 'sigmoid';
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Called after an epoch, from 1, with its mean loss. */
  readonly onEpoch?: (epoch: number, loss: number) => void;
}

/** A dense layer. */
export interface Layer {
  readonly weights: tf.Variable<tf.Rank.R2>;
  readonly biases: tf.Variable<tf.Rank.R1>;
}

/** @returns logits of other features, [count][outputs] */
export async function trainMlp(training: MlpTraining): Promise<(of: Features) => Float32Array> {
  await tf.setBackend('wasm');
  const { features, seed, epochs } = training;
  const layers = layersOf(training);
  const optimizer = tf.train.adam(training.learningRate);
  const order = Uint32Array.from({ length: features.count }, (_, i) => i);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    new Random(deriveSeed(seed, 'baseline', 'epoch', epoch)).shuffle(order);
    training.onEpoch?.(epoch, trainOn(order, training, layers, optimizer));
  }
  optimizer.dispose();
  return (of) => logitsOf(layers, of);
}

/** The layers of a training before its first step. */
export function layersOf({ features, hidden, outputs, seed }: MlpTraining): readonly Layer[] {
  return createLayers([features.width, ...hidden, outputs], seed);
}

/** Trains on these samples, in this order. Returns the mean loss. */
export function trainOn(
  order: Uint32Array,
  training: MlpTraining,
  layers: readonly Layer[],
  optimizer: tf.Optimizer,
): number {
  const { batch, targets } = training;
  let sum = 0;
  for (let start = 0; start < order.length; start += batch) {
    const rows = order.subarray(start, Math.min(start + batch, order.length));
    sum += step(training, layers, optimizer, rows, targets) * rows.length;
  }
  return sum / order.length;
}

export function logitsOf(
  layers: readonly Layer[],
  { values, count, width }: Features,
): Float32Array {
  return tf.tidy(() =>
    Float32Array.from(forward(layers, tf.tensor2d(values, [count, width])).dataSync()),
  );
}

function step(
  { features, outputs, loss }: MlpTraining,
  layers: readonly Layer[],
  optimizer: tf.Optimizer,
  rows: Uint32Array,
  targets: Float32Array,
): number {
  return tf.tidy(() => {
    const x = tf.tensor2d(takeRows(features.values, features.width, rows), [
      rows.length,
      features.width,
    ]);
    const y = tf.tensor2d(takeRows(targets, outputs, rows), [rows.length, outputs]);
    const mean = optimizer.minimize(() => lossOf(forward(layers, x), y, loss), true);
    return mean === null ? 0 : mean.dataSync()[0];
  });
}

/** Cross-entropy: mean over the samples, sum over the outputs. */
function lossOf(logits: tf.Tensor2D, y: tf.Tensor2D, loss: MlpTraining['loss']): tf.Scalar {
  if (loss === 'softmax') return tf.losses.softmaxCrossEntropy(y, logits);
  // max(z, 0) − z·y + log(1 + e^−|z|) does not overflow.
  const each = tf.add(
    tf.sub(tf.relu(logits), tf.mul(logits, y)),
    tf.log1p(tf.exp(tf.neg(tf.abs(logits)))),
  );
  return tf.mean(tf.sum(each, 1));
}

function forward(layers: readonly Layer[], input: tf.Tensor2D): tf.Tensor2D {
  return layers.reduce((x, { weights, biases }, l) => {
    const z = tf.add(tf.matMul(x, weights), biases) as tf.Tensor2D;
    return l + 1 < layers.length ? tf.relu(z) : z;
  }, input);
}

/** Glorot-uniform weights from the seed, biases 0. */
function createLayers(widths: readonly number[], seed: number): Layer[] {
  const random = new Random(deriveSeed(seed, 'baseline', 'weights'));
  return widths.slice(1).map((neurons, l) => {
    const inputs = widths[l];
    const limit = Math.sqrt(6 / (inputs + neurons));
    const initial = Float32Array.from(
      { length: inputs * neurons },
      () => (2 * random.unit() - 1) * limit,
    );
    return {
      weights: tf.variable(tf.tensor2d(initial, [inputs, neurons])),
      biases: tf.variable(tf.zeros<tf.Rank.R1>([neurons])),
    };
  });
}

function takeRows(values: Float32Array, width: number, rows: Uint32Array): Float32Array {
  const taken = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    taken.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return taken;
}
