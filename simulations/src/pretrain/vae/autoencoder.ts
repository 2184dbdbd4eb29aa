/**
 * The autoencoder whose encoder becomes a `vae` extractor: pixels → rectified hidden units → binary
 * latents → rectified hidden units → pixels, trained by TensorFlow.js on its wasm backend.
 *
 * Backpropagation is written out: automatic differentiation multiplies by transposed matrices, which
 * that backend does several times slower than transposing first.
 */
import { deriveSeed, Random } from '@fedhybnn/shared';
import * as tf from '@tensorflow/tfjs-core';
import type { LatentLayer } from './latent-layer.js';

export interface AutoencoderShape {
  /** Pixel values of an image. */
  readonly pixels: number;
  /** Units on either side of the latents. */
  readonly hidden: number;
  /** L: latents. */
  readonly bits: number;
}

export const PARAMETER_NAMES = [
  ...(['encoderWeights1', 'encoderBiases1', 'encoderWeights2', 'encoderBiases2'] as const),
  ...(['decoderWeights1', 'decoderBiases1', 'decoderWeights2', 'decoderBiases2'] as const),
] as const;

export type ParameterName = (typeof PARAMETER_NAMES)[number];

/** Numbers for every parameter: values, gradients, moments. Matrices are [inputs][outputs]. */
export type PerParameter = Readonly<Record<ParameterName, Float32Array>>;

type Tensors = Readonly<Record<ParameterName, tf.Tensor>>;

/** Mean over the images of a batch, in nats. */
export interface Losses {
  /** Cross-entropy between pixels and reconstruction. */
  readonly reconstruction: number;
  /** Divergence of the latents' distribution from fair coins. */
  readonly divergence: number;
}

function shapes({ pixels, hidden, bits }: AutoencoderShape): Record<ParameterName, number[]> {
  return {
    encoderWeights1: [pixels, hidden],
    encoderBiases1: [hidden],
    encoderWeights2: [hidden, bits],
    encoderBiases2: [bits],
    decoderWeights1: [bits, hidden],
    decoderBiases1: [hidden],
    decoderWeights2: [hidden, pixels],
    decoderBiases2: [pixels],
  };
}

/** Calls `make` with the number of values of every parameter. */
export function perParameter(
  shape: AutoencoderShape,
  make: (count: number, name: ParameterName) => Float32Array,
): PerParameter {
  const all = shapes(shape);
  const entries = PARAMETER_NAMES.map((name) => [
    name,
    make(
      all[name].reduce((product, side) => product * side, 1),
      name,
    ),
  ]);
  return Object.fromEntries(entries) as PerParameter;
}

/** Glorot-uniform weights from the seed, biases 0. */
export function createParameters(shape: AutoencoderShape, seed: number): PerParameter {
  const random = new Random(deriveSeed(seed, 'pretrain', 'vae', 'weights'));
  return perParameter(shape, (count, name) => {
    const [inputs, outputs] = shapes(shape)[name];
    if (outputs === undefined) return new Float32Array(count);
    const limit = Math.sqrt(6 / (inputs + outputs));
    return Float32Array.from({ length: count }, () => (2 * random.unit() - 1) * limit);
  });
}

/** What the decoder makes of images by their latent signs, [images][pixels] in [0, 1]. */
export function reconstruct(
  shape: AutoencoderShape,
  parameters: PerParameter,
  pixels: Float32Array,
): Float32Array {
  return tidily(() => {
    const tensors = toTensors(shape, parameters);
    const input = tf.tensor2d(pixels, [pixels.length / shape.pixels, shape.pixels]);
    const signs = tf.cast(tf.greaterEqual(encode(tensors, input).activations, 0), 'float32');
    const { logits } = decode(tensors, tf.sub(tf.mul(signs, 2), 1));
    return Float32Array.from(tf.sigmoid(logits).dataSync());
  });
}

/**
 * Losses of a batch and their gradients.
 * @param input what the encoder sees, [batch][pixels] in [0, 1]
 * @param target what the decoder shall give, of the same shape
 * @param divergenceWeight of the divergence in the loss
 */
export function backpropagate(
  shape: AutoencoderShape,
  parameters: PerParameter,
  pixels: { readonly input: Float32Array; readonly target: Float32Array },
  layer: LatentLayer,
  divergenceWeight: number,
): { readonly losses: Losses; readonly gradients: PerParameter } {
  const batch = pixels.target.length / shape.pixels;
  return tidily(() => {
    const input = tf.tensor2d(pixels.input, [batch, shape.pixels]);
    const target = tf.tensor2d(pixels.target, [batch, shape.pixels]);
    const tensors = toTensors(shape, parameters);
    const encoder = encode(tensors, input);
    const latent = layer(encoder.activations);
    const decoder = decode(tensors, latent.values);

    const perLogit: tf.Tensor2D = tf.div(tf.sub(tf.sigmoid(decoder.logits), target), batch);
    const decoder2 = denseGradient(decoder.hidden, perLogit, tensors.decoderWeights2);
    const perDecoder = rectifierGradient(decoder.hidden, decoder2.input);
    const decoder1 = denseGradient(latent.values, perDecoder, tensors.decoderWeights1);
    let perActivation: tf.Tensor2D = tf.mul(decoder1.input, latent.slope);
    if (latent.divergence !== undefined) {
      const { slope } = latent.divergence;
      perActivation = tf.add(perActivation, tf.mul(slope, divergenceWeight / batch));
    }
    const encoder2 = denseGradient(encoder.hidden, perActivation, tensors.encoderWeights2);
    const encoder1 = weightGradient(input, rectifierGradient(encoder.hidden, encoder2.input));

    const gradients: Tensors = {
      ...{ encoderWeights1: encoder1.weights, encoderBiases1: encoder1.biases },
      ...{ encoderWeights2: encoder2.weights, encoderBiases2: encoder2.biases },
      ...{ decoderWeights1: decoder1.weights, decoderBiases1: decoder1.biases },
      ...{ decoderWeights2: decoder2.weights, decoderBiases2: decoder2.biases },
    };
    const divergence = latent.divergence?.values;
    return {
      losses: {
        reconstruction: sumOf(crossEntropy(decoder.logits, target)) / batch,
        divergence: divergence === undefined ? 0 : sumOf(divergence) / batch,
      },
      gradients: perParameter(shape, (_, name) => gradients[name].dataSync() as Float32Array),
    };
  });
}

/** As `tf.tidy`, which would look for tensors in every number of the arrays that are returned. */
function tidily<T>(work: () => T): T {
  tf.engine().startScope();
  try {
    return work();
  } finally {
    tf.engine().endScope();
  }
}

function toTensors(shape: AutoencoderShape, parameters: PerParameter): Tensors {
  const all = shapes(shape);
  const entries = PARAMETER_NAMES.map((name) => [name, tf.tensor(parameters[name], all[name])]);
  return Object.fromEntries(entries) as Tensors;
}

/** What a latent bit is the sign of, [batch][bits]; and the hidden units before it. */
function encode(tensors: Tensors, input: tf.Tensor2D) {
  const { encoderWeights1, encoderBiases1, encoderWeights2, encoderBiases2 } = tensors;
  const hidden: tf.Tensor2D = tf.relu(dense(input, encoderWeights1, encoderBiases1));
  return { hidden, activations: dense(hidden, encoderWeights2, encoderBiases2) };
}

/** Logits of the pixels, [batch][pixels]; and the hidden units before them. */
function decode(tensors: Tensors, latents: tf.Tensor2D) {
  const { decoderWeights1, decoderBiases1, decoderWeights2, decoderBiases2 } = tensors;
  const hidden: tf.Tensor2D = tf.relu(dense(latents, decoderWeights1, decoderBiases1));
  return { hidden, logits: dense(hidden, decoderWeights2, decoderBiases2) };
}

function sumOf(tensor: tf.Tensor): number {
  return tf.sum(tensor).dataSync()[0];
}

function dense(input: tf.Tensor2D, weights: tf.Tensor, biases: tf.Tensor): tf.Tensor2D {
  return tf.add(tf.matMul(input, weights as tf.Tensor2D), biases);
}

/** Gradients of a dense layer, from that of its output. */
function denseGradient(input: tf.Tensor2D, output: tf.Tensor2D, weights: tf.Tensor) {
  return {
    ...weightGradient(input, output),
    input: tf.matMul(output, tf.transpose(weights as tf.Tensor2D)) as tf.Tensor2D,
  };
}

function weightGradient(input: tf.Tensor2D, output: tf.Tensor2D) {
  return {
    weights: tf.matMul(tf.transpose(input), output) as tf.Tensor,
    biases: tf.sum(output, 0) as tf.Tensor,
  };
}

function rectifierGradient(output: tf.Tensor2D, gradient: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(gradient, tf.cast(tf.greater(output, 0), 'float32'));
}

/** max(z, 0) − z·x + log(1 + e^−|z|), which does not overflow; of each pixel. */
function crossEntropy(logits: tf.Tensor2D, target: tf.Tensor2D): tf.Tensor {
  const overflowing = tf.sub(tf.relu(logits), tf.mul(logits, target));
  return tf.add(overflowing, tf.log1p(tf.exp(tf.neg(tf.abs(logits)))));
}
