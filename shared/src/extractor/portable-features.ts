/**
 * Features of the `patches` extractor without TensorFlow.js, for pages: the formula of
 * `patch-features.ts` in 64-bit floating point. A pixel times an f32 weight is exact there, so the
 * order of summation touches only the last of 53 bits, and every engine gives the same features.
 * They differ from those of TensorFlow.js by its rounding to f32, which shows only where a feature
 * lies within that rounding of its threshold: far inside the file's guard band.
 */
import type { ImageBatch } from './extractor.js';
import { inverseContrast, type PaddedImages } from './patch-contrast.js';
import { type PatchDictionary, padImages, patchFeatureCount } from './patch-features.js';

/** Images between two reports of progress. */
const BATCH = 50;

/**
 * Computes the features of all images in the calling thread; parameters as of `patchFeatures`.
 * @param onBatch receives f32 [count][features] for the images from `first` on
 */
export async function portablePatchFeatures(
  dictionary: PatchDictionary,
  images: ImageBatch,
  onBatch: (values: Float32Array, first: number, count: number) => void,
  onProgress?: (done: number) => void,
): Promise<void> {
  const features = patchFeatureCount(dictionary);
  const weights = Float64Array.from(dictionary.weights);
  for (let first = 0; first < images.count; first += BATCH) {
    const count = Math.min(BATCH, images.count - first);
    const padded = padImages(images, first, count, dictionary.padding);
    onBatch(pooledResponses(dictionary, weights, padded, features), first, count);
    onProgress?.((first + count) / images.count);
    await Promise.resolve();
  }
}

/** [count][grid height][grid width][filters]. */
function pooledResponses(
  dictionary: PatchDictionary,
  weights: Float64Array,
  images: PaddedImages,
  features: number,
): Float32Array {
  const { size, filters, grid, contrastFloor } = dictionary;
  const rectifier = Math.fround(dictionary.rectifier);
  const { count, width, height } = images;
  const rows = height - size + 1;
  const columns = width - size + 1;
  const cell = { height: rows / grid.height, width: columns / grid.width };
  const inverse = inverseContrast(images, size, contrastFloor);
  const sums = new Float64Array(count * features);
  const products = new Float64Array(filters);
  let patch = 0;
  for (let image = 0; image < count; image++) {
    for (let y = 0; y < rows; y++) {
      const cellRow = image * features + Math.floor(y / cell.height) * grid.width * filters;
      for (let x = 0; x < columns; x++) {
        const scale = inverse[patch++];
        if (!multiply(dictionary, weights, images, image, y, x, products)) continue;
        const at = cellRow + Math.floor(x / cell.width) * filters;
        for (let f = 0; f < filters; f++) {
          const response = products[f] * scale - rectifier;
          if (response > 0) sums[at + f] += response;
        }
      }
    }
  }
  const cells = cell.height * cell.width;
  return Float32Array.from(sums, (sum) => sum / cells);
}

/** The products of all filters with the patch at (y, x); false of a black patch, which has none. */
function multiply(
  { size, channels, filters }: PatchDictionary,
  weights: Float64Array,
  { width, height, pixels }: PaddedImages,
  image: number,
  y: number,
  x: number,
  products: Float64Array,
): boolean {
  let lit = false;
  const row = size * channels;
  for (let dy = 0; dy < size; dy++) {
    const from = ((image * height + y + dy) * width + x) * channels;
    for (let i = 0; i < row; i++) {
      const pixel = pixels[from + i];
      if (pixel === 0) continue;
      if (!lit) products.fill(0);
      lit = true;
      const first = (dy * row + i) * filters;
      for (let f = 0; f < filters; f++) products[f] += pixel * weights[first + f];
    }
  }
  return lit;
}
