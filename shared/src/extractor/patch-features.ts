/**
 * Features of the `patches` extractor: responses to an unsupervised patch dictionary, rectified and
 * pooled (Coates & Ng 2011, "The importance of encoding versus training with sparse coding and
 * vector quantization"; how the shape was chosen: shared/extractors/README.md).
 *
 * For a patch p of n pixels in 0…255 and filter f (zero mean, whitening folded in):
 *
 *     contrast c(p) = √(Σ(pᵢ − p̄)²)
 *     response      = max(0, f·p / (c(p) + contrastFloor) − rectifier)
 *     feature       = mean response over one cell of the grid
 *
 * Contrasts come from integer sums ({@link inverseContrast}); the convolution, which is the work,
 * runs on TensorFlow.js; where that is not to be had, `portable-features.ts` does it.
 */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { ImageBatch } from './extractor.js';
import { inverseContrast, type PaddedImages } from './patch-contrast.js';
import { openTensorflow, type Tensorflow } from './tensorflow.js';

/** The part of a patches extractor that is not thresholds. */
export interface PatchDictionary {
  /** Side of the square patches. */
  readonly size: number;
  readonly channels: number;
  readonly filters: number;
  /** Black pixels added on each side of the image. */
  readonly padding: number;
  /** Cells of the pooling grid; they divide the response map exactly. */
  readonly grid: { readonly width: number; readonly height: number };
  /** In the unit of a response. */
  readonly rectifier: number;
  /** In the unit of a pixel (0…255). */
  readonly contrastFloor: number;
  /** [size][size][channels][filters]; each filter sums to 0. */
  readonly weights: Float32Array;
}

/** Responses along an axis of `pixels`; the pooling cells divide it. */
export function responseSide(
  pixels: number,
  patch: Pick<PatchDictionary, 'size' | 'padding'>,
): number {
  return pixels + 2 * patch.padding - patch.size + 1;
}

/** Features of one image: grid cells × filters, in the order [cell row][cell column][filter]. */
export function patchFeatureCount(dictionary: Pick<PatchDictionary, 'grid' | 'filters'>): number {
  return dictionary.grid.width * dictionary.grid.height * dictionary.filters;
}

/** Floats that one batch may hold on the device. */
const BATCH_FLOATS = 8 * 1024 * 1024;
const LARGEST_BATCH = 500;

/**
 * Computes the features of all images, batch by batch, on TensorFlow.js.
 * @param onBatch receives f32 [count][features] for the images from `first` on
 * @param onProgress called with the share done, in (0, 1]
 */
export async function patchFeatures(
  dictionary: PatchDictionary,
  images: ImageBatch,
  onBatch: (values: Float32Array, first: number, count: number) => void,
  onProgress?: (done: number) => void,
): Promise<void> {
  const tf = await openTensorflow();
  const { size, channels, filters, padding } = dictionary;
  const imageFloats = images.width * images.height * filters;
  const batch = Math.max(1, Math.min(LARGEST_BATCH, Math.floor(BATCH_FLOATS / imageFloats)));
  const weights = tf.tensor4d(dictionary.weights, [size, size, channels, filters]);
  try {
    for (let first = 0; first < images.count; first += batch) {
      const count = Math.min(batch, images.count - first);
      const padded = padImages(images, first, count, padding);
      const pooled = tf.tidy(() => pooledResponses(tf, dictionary, padded, weights));
      try {
        onBatch((await pooled.data()) as Float32Array, first, count);
      } finally {
        pooled.dispose();
      }
      onProgress?.((first + count) / images.count);
    }
  } finally {
    weights.dispose();
  }
}

/** [count][grid height][grid width][filters]. */
function pooledResponses(
  tf: Tensorflow,
  dictionary: PatchDictionary,
  images: PaddedImages,
  weights: Tensor4D,
): Tensor {
  const { size, grid, rectifier, contrastFloor } = dictionary;
  const { count, width, height, channels } = images;
  const rows = height - size + 1;
  const columns = width - size + 1;
  const input = tf.tensor4d(new Float32Array(images.pixels), [count, height, width, channels]);
  const product = tf.conv2d(input, weights, 1, 'valid');
  const contrasts = inverseContrast(images, size, contrastFloor);
  const inverse = tf.tensor4d(contrasts, [count, rows, columns, 1]);
  const scaled = tf.mul(product, inverse);
  const response = tf.relu(tf.sub(scaled, rectifier)) as Tensor4D;
  const cell: [number, number] = [rows / grid.height, columns / grid.width];
  return tf.avgPool(response, cell, cell, 'valid');
}

/** Copies `count` images into black frames. */
export function padImages(
  images: ImageBatch,
  first: number,
  count: number,
  padding: number,
): PaddedImages {
  const { channels } = images;
  const width = images.width + 2 * padding;
  const height = images.height + 2 * padding;
  const pixels = new Uint8Array(count * width * height * channels);
  const rowBytes = images.width * channels;
  for (let image = 0; image < count; image++) {
    for (let y = 0; y < images.height; y++) {
      const from = ((first + image) * images.height + y) * rowBytes;
      const to = ((image * height + y + padding) * width + padding) * channels;
      pixels.set(images.pixels.subarray(from, from + rowBytes), to);
    }
  }
  return { count, width, height, channels, pixels };
}
