/**
 * The `vae` extractor: the encoder of an autoencoder with binary latents (the extractor of HyBNN,
 * arXiv 2205.09839; latents as in Bengio et al., arXiv 1308.3432, and Maddison et al., arXiv
 * 1611.00712). One hidden layer, in integers:
 *
 *   s_h = Σ_i first[i][h] · pixel_i + bias_h            i8 × u8 → i32
 *   y_h = ⌊s_h · scale_h⌋, clipped to [0, 255]           rectifier and the step back to u8
 *   bit_l = [Σ_h second[h][l] · y_h ≥ threshold_l]       i8 × u8 → i32
 *
 * The one product that is not an integer's is f64 times f32, exact to the last bit of f64 on every
 * engine: bits are the same everywhere, with no guard band.
 */
import { BitMatrix } from '../kernels/bits.js';
import { checkImages } from './check-images.js';
import type { Extractor, ImageBatch, Samples } from './extractor.js';
import type { VaeArrays, VaeHeader } from './vae-file.js';

/** How many images are done between two yields to the event loop. */
const CHUNK = 100;

export class VaeExtractor implements Extractor {
  readonly kind = 'vae';
  readonly bits: number;
  readonly input: Extractor['input'];

  constructor(
    header: VaeHeader,
    private readonly arrays: VaeArrays,
    readonly sha256: string,
  ) {
    this.bits = header.bits;
    this.input = header.input;
  }

  async extract(images: Samples, onProgress?: (done: number) => void): Promise<BitMatrix> {
    checkImages(this.input, images);
    const { bits } = this;
    const { thresholds } = this.arrays;
    const matrix = BitMatrix.create(images.count, bits);
    for (let start = 0; start < images.count; start += CHUNK) {
      const end = Math.min(start + CHUNK, images.count);
      const sums = latentSums(this.arrays, images, start, end);
      for (let i = start; i < end; i++) {
        const row = matrix.row(i);
        const from = (i - start) * bits;
        for (let l = 0; l < bits; l++) {
          if (sums[from + l] >= thresholds[l]) row[l >> 3] |= 1 << (l & 7);
        }
      }
      onProgress?.(end / images.count);
      await Promise.resolve();
    }
    return matrix;
  }

  /** Holds nothing. */
  dispose(): void {}
}

/**
 * What thresholds are compared with, i32 [end − start][bits], of the images from `start` to `end`.
 * @param encoder the arrays of the file; thresholds are not looked at
 */
export function latentSums(
  encoder: Omit<VaeArrays, 'thresholds'>,
  images: ImageBatch,
  start: number,
  end: number,
): Int32Array {
  const { biases, scales, first, second } = encoder;
  const hidden = biases.length;
  const bits = second.length / hidden;
  const values = images.width * images.height * images.channels;
  const sums = new Int32Array((end - start) * bits);
  const products = new Int32Array(hidden);
  for (let image = start; image < end; image++) {
    products.set(biases);
    accumulate(images.pixels, image * values, values, first, products, 0, hidden);
    for (let h = 0; h < hidden; h++) {
      products[h] = Math.max(0, Math.min(255, Math.floor(products[h] * scales[h])));
    }
    accumulate(products, 0, hidden, second, sums, (image - start) * bits, bits);
  }
  return sums;
}

/** sums += valuesᵀ · weights, of `count` values from `from`; weights [count][width]. */
function accumulate(
  values: ArrayLike<number>,
  from: number,
  count: number,
  weights: Int8Array,
  sums: Int32Array,
  at: number,
  width: number,
): void {
  for (let i = 0; i < count; i++) {
    const value = values[from + i];
    // Most pixels of a drawing are black, and the rectifier leaves about half of the hidden units.
    if (value === 0) continue;
    const row = i * width;
    for (let n = 0; n < width; n++) sums[at + n] += value * weights[row + n];
  }
}
