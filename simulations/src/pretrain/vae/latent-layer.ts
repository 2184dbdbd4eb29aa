/**
 * How the encoder's activations a become the binary latents that the decoder sees while training,
 * and what stands in for the derivative of the step between them. An extractor takes the sign.
 *
 * - `bernoulli`: z = ±1 with probability σ(a) of +1, derivative of the mean, straight through
 *   (Bengio et al. 2013, arXiv 1308.3432).
 * - `concrete`: z = 2·σ((a + logit u)/T) − 1 for uniform u, the binary concrete relaxation, which
 *   has a derivative (Maddison et al. 2017, arXiv 1611.00712).
 * - `denoising`: z = sign(a), derivative 1 where |a| ≤ 1 (Hubara et al. 2016, arXiv 1602.02830); the
 *   noise is in the pixels instead (Vincent et al. 2008, "Extracting and composing robust features
 *   with denoising autoencoders").
 *
 * The first two have the divergence Σ p·ln p + (1 − p)·ln(1 − p) + ln 2 from fair coins, p = σ(a).
 */
import type { Random, VaeVariant } from '@fedhybnn/shared';
import * as tf from '@tensorflow/tfjs-core';

/** All of the shape of the activations. */
export interface Latents {
  /** In [−1, 1]. */
  readonly values: tf.Tensor2D;
  /** d values / d activations. */
  readonly slope: tf.Tensor2D;
  /** In nats, and its derivative by the activations; left out where there is no distribution. */
  readonly divergence?: { readonly values: tf.Tensor2D; readonly slope: tf.Tensor2D };
}

export type LatentLayer = (activations: tf.Tensor2D) => Latents;

/** @param temperature T of `concrete` */
export function createLatentLayer(
  variant: VaeVariant,
  random: Random,
  temperature: number,
): LatentLayer {
  switch (variant) {
    case 'bernoulli':
      return (a) => bernoulli(a, random);
    case 'concrete':
      return (a) => concrete(a, random, temperature);
    case 'denoising':
      return denoising;
  }
}

function bernoulli(a: tf.Tensor2D, random: Random): Latents {
  const p: tf.Tensor2D = tf.sigmoid(a);
  const variance: tf.Tensor2D = tf.mul(p, tf.sub(1, p));
  const drawn: tf.Tensor2D = tf.less(uniform(a.shape, random), p);
  return {
    values: plusMinus(tf.cast(drawn, 'float32')),
    slope: tf.mul(2, variance),
    divergence: divergenceFromCoins(a, p, variance),
  };
}

function concrete(a: tf.Tensor2D, random: Random, temperature: number): Latents {
  const u = uniform(a.shape, random);
  const logistic = tf.sub(tf.log(u), tf.log(tf.sub(1, u)));
  const relaxed: tf.Tensor2D = tf.sigmoid(tf.div(tf.add(a, logistic), temperature));
  const p: tf.Tensor2D = tf.sigmoid(a);
  return {
    values: plusMinus(relaxed),
    slope: tf.mul(2 / temperature, tf.mul(relaxed, tf.sub(1, relaxed))),
    divergence: divergenceFromCoins(a, p, tf.mul(p, tf.sub(1, p)) as tf.Tensor2D),
  };
}

function denoising(a: tf.Tensor2D): Latents {
  return {
    values: plusMinus(tf.cast(tf.greaterEqual(a, 0), 'float32')),
    slope: tf.cast(tf.lessEqual(tf.abs(a), 1), 'float32'),
  };
}

/** p·ln p + (1 − p)·ln(1 − p) = p·a − ln(1 + eᵃ); its derivative by a is a·p·(1 − p). */
function divergenceFromCoins(a: tf.Tensor2D, p: tf.Tensor2D, variance: tf.Tensor2D) {
  const softplus = tf.add(tf.relu(a), tf.log1p(tf.exp(tf.neg(tf.abs(a)))));
  return {
    values: tf.add(tf.sub(tf.mul(p, a), softplus), Math.LN2) as tf.Tensor2D,
    slope: tf.mul(a, variance) as tf.Tensor2D,
  };
}

function plusMinus(zeroOne: tf.Tensor2D): tf.Tensor2D {
  return tf.sub(tf.mul(zeroOne, 2), 1);
}

/** In (0, 1): odd multiples of 2⁻²⁵, so that no logarithm is of 0. */
function uniform(shape: [number, number], random: Random): tf.Tensor2D {
  const values = Float32Array.from(
    { length: shape[0] * shape[1] },
    () => random.unit() + 1 / 33_554_432,
  );
  return tf.tensor2d(values, shape);
}
