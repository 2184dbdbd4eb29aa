/**
 * The `patches` extractor: each bit says whether one pooled response to the patch dictionary
 * reaches its threshold, about its median on public data. Features are rounded to 16-bit fixed
 * point and compared as integers, so that backends can only differ where a feature lies within
 * rounding of a threshold (the file reports that share, its guard band).
 */
import { BitMatrix } from '../kernels/bits.js';
import { powerOfTwo } from '../kernels/math.js';
import { checkImages } from './check-images.js';
import type { Extractor, Samples } from './extractor.js';
import { dictionaryOf, type PatchArrays, type PatchesHeader } from './file-header.js';
import { patchFeatureCount, type patchFeatures } from './patch-features.js';

const LARGEST_FIXED = 65_535;

/** A feature (≥ 0) as a multiple of 2^−fractionBits, rounded half up, saturated at 16 bits. */
export function toFixedPoint(feature: number, fractionBits: number): number {
  return Math.min(LARGEST_FIXED, Math.floor(feature * powerOfTwo(fractionBits) + 0.5));
}

export class PatchesExtractor implements Extractor {
  readonly kind = 'patches';
  readonly bits: number;
  readonly input: Extractor['input'];

  constructor(
    private readonly header: PatchesHeader,
    private readonly arrays: PatchArrays,
    readonly sha256: string,
    /** How features are computed. */
    private readonly computeFeatures: typeof patchFeatures,
  ) {
    this.bits = header.bits;
    this.input = header.input;
  }

  async extract(images: Samples, onProgress?: (done: number) => void): Promise<BitMatrix> {
    const { header, bits } = this;
    const { weights, features, thresholds } = this.arrays;
    checkImages(this.input, images);
    const stride = patchFeatureCount(header);
    // round(v · 2^f) ≥ t where v ≥ (t − ½) · 2^−f, and that is exact in f64.
    const cuts = Float64Array.from(thresholds, (t) => (t - 0.5) * powerOfTwo(-header.fractionBits));
    const matrix = BitMatrix.create(images.count, bits);
    const threshold = (values: Float32Array, first: number, count: number) => {
      for (let i = 0; i < count; i++) {
        const row = matrix.row(first + i);
        for (let bit = 0; bit < bits; bit++) {
          if (values[i * stride + features[bit]] >= cuts[bit]) row[bit >> 3] |= 1 << (bit & 7);
        }
      }
    };
    await this.computeFeatures(dictionaryOf(header, weights), images, threshold, onProgress);
    return matrix;
  }

  /** Tensors live only while a batch is computed: nothing to free. */
  dispose(): void {}
}
