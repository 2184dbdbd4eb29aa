/**
 * The peer TensorFlow.js, in fp32 on ±1 values: what a page without bitwise kernels would do.
 * Training twice: by automatic differentiation, and by hand-written backpropagation that avoids
 * matMul's slow transpose flags.
 */
import '@tensorflow/tfjs-backend-wasm';
// The whole package registers the gradients and the plain-JavaScript backend.
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import type { Work } from './measure.js';
import {
  fixedLabels,
  fixedLatents,
  fixedSigns,
  LEARNING_RATE,
  type NetworkShape,
} from './network-shape.js';

export type TfjsBackend = 'wasm' | 'cpu';

/** Each turn may follow another backend's. */
export async function onBackend(backend: TfjsBackend): Promise<void> {
  if (tf.getBackend() !== backend) await tf.setBackend(backend);
}

export async function tfjsProduct(backend: TfjsBackend, size: number): Promise<Work> {
  await onBackend(backend);
  const a = tf.tensor2d(fixedSigns(size * size), [size, size]);
  const b = a.clone();
  return async () => {
    await onBackend(backend);
    const product = tf.matMul(a, b);
    product.dataSync();
    product.dispose();
  };
}

export async function tfjsInference({ sizes, batch }: NetworkShape): Promise<Work> {
  await onBackend('wasm');
  const sample = tf.tensor2d(fixedSigns(batch * sizes[0]), [batch, sizes[0]]);
  const weights = sizes
    .slice(1)
    .map((neurons, l) => tf.tensor2d(fixedSigns(neurons * sizes[l]), [sizes[l], neurons]));
  return async () => {
    await onBackend('wasm');
    const logits = tf.tidy(() => {
      let x: tf.Tensor2D = sample;
      weights.forEach((w, l) => {
        x = tf.matMul(x, w);
        if (l + 1 < weights.length) x = signOf(x);
      });
      return x;
    });
    logits.dataSync();
    logits.dispose();
  };
}

function signOf<T extends tf.Tensor>(x: T): T {
  return tf.sub(tf.mul(tf.cast(tf.greaterEqual(x, 0), 'float32'), 2), 1);
}

/** sign with the clipped straight-through gradient. */
const binarySign = tf.customGrad((x, save) => {
  const input = x as tf.Tensor;
  (save as tf.GradSaveFunc)([input]);
  return {
    value: signOf(input),
    gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) =>
      tf.mul(dy, tf.cast(tf.lessEqual(tf.abs(saved), 1), 'float32')),
  };
}) as (x: tf.Tensor) => tf.Tensor2D;

/** sign of a latent: its gradient passes unchanged. */
const weightSign = tf.customGrad((x) => ({
  value: signOf(x as tf.Tensor),
  gradFunc: (dy: tf.Tensor) => dy,
})) as (x: tf.Tensor) => tf.Tensor2D;

interface Training {
  readonly sample: tf.Tensor2D;
  readonly sampleTransposed: tf.Tensor2D;
  readonly targets: tf.Tensor2D;
  readonly latents: tf.Variable<tf.Rank.R2>[];
  /** 1/√fan-in of each layer; the last one times τ = 3. */
  readonly scales: readonly number[];
}

async function prepare({ sizes, batch }: NetworkShape): Promise<Training> {
  await onBackend('wasm');
  const classes = sizes[sizes.length - 1];
  const sample = tf.tensor2d(fixedSigns(batch * sizes[0]), [batch, sizes[0]]);
  const labels = tf.tensor1d(fixedLabels(batch, classes), 'int32');
  return {
    sample,
    sampleTransposed: tf.transpose(sample),
    targets: tf.oneHot(labels, classes) as tf.Tensor2D,
    latents: sizes
      .slice(1)
      .map((neurons, l) =>
        tf.variable(tf.tensor2d(fixedLatents(neurons * sizes[l]), [sizes[l], neurons])),
      ),
    scales: sizes.slice(1).map((_, l) => (l === sizes.length - 2 ? 3 : 1) / Math.sqrt(sizes[l])),
  };
}

function descend(latent: tf.Variable<tf.Rank.R2>, gradient: tf.Tensor): void {
  latent.assign(tf.clipByValue(tf.sub(latent, tf.mul(gradient, LEARNING_RATE)), -1, 1));
}

export async function tfjsAutodiff(shape: NetworkShape): Promise<Work> {
  const { sample, targets, latents, scales } = await prepare(shape);
  const loss = () => {
    let x: tf.Tensor2D = sample;
    latents.forEach((latent, l) => {
      const z = tf.mul(tf.matMul(x, weightSign(latent)), scales[l]) as tf.Tensor2D;
      x = l + 1 < latents.length ? binarySign(z) : z;
    });
    return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(x)), 1))) as tf.Scalar;
  };
  return async () => {
    await onBackend('wasm');
    tf.tidy(() => {
      const { grads } = tf.variableGrads(loss, latents);
      for (const latent of latents) descend(latent, grads[latent.name]);
    });
    latents[latents.length - 1].dataSync();
  };
}

export async function tfjsManual(shape: NetworkShape): Promise<Work> {
  const { sample, sampleTransposed, targets, latents, scales } = await prepare(shape);
  const last = latents.length - 1;
  const step = () => {
    const weights = latents.map((latent) => signOf<tf.Tensor2D>(latent));
    const inputs: tf.Tensor2D[] = [sample];
    const preactivations: tf.Tensor2D[] = [];
    for (let l = 0; l <= last; l++) {
      preactivations.push(tf.mul(tf.matMul(inputs[l], weights[l]), scales[l]));
      if (l < last) inputs.push(signOf(preactivations[l]));
    }
    const errors = tf.sub(tf.softmax(preactivations[last]), targets);
    let dz = tf.mul(errors, scales[last] / shape.batch) as tf.Tensor2D;
    for (let l = last; l >= 0; l--) {
      const inputTransposed = l === 0 ? sampleTransposed : tf.transpose(inputs[l]);
      descend(latents[l], tf.matMul(inputTransposed, dz));
      if (l === 0) break;
      const passed = tf.cast(tf.lessEqual(tf.abs(preactivations[l - 1]), 1), 'float32');
      const da = tf.matMul(dz, tf.transpose(weights[l]));
      dz = tf.mul(tf.mul(da, passed), scales[l - 1]);
    }
  };
  return async () => {
    await onBackend('wasm');
    tf.tidy(step);
    latents[last].dataSync();
  };
}
