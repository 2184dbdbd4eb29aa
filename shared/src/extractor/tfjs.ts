/**
 * The `tfjs` extractor: any TensorFlow.js model, a seeded random rotation of its output, and a bit
 * for each coordinate: is it at least its median on public data? Compared in 16-bit fixed point, so
 * that backends can only differ where a coordinate lies within rounding of its threshold.
 */
import { BitMatrix } from '../kernels/bits.js';
import { powerOfTwo } from '../kernels/math.js';
import { FederationError } from '../protocol/errors.js';
import { checkImages } from './check-images.js';
import type { Extractor, Samples } from './extractor.js';
import { createRotation } from './rotation.js';
import type { TfjsArrays, TfjsHeader } from './tfjs-file.js';
import { type OpenedModel, openTfjsModel } from './tfjs-model.js';

/** Images that go through the model at once. */
export const TFJS_BATCH = 32;

const LARGEST = 32_767;

/** A coordinate as a multiple of 2^−fractionBits, rounded half up, saturated at 16 bits. */
export function toSignedFixedPoint(value: number, fractionBits: number): number {
  const fixed = Math.floor(value * powerOfTwo(fractionBits) + 0.5);
  return Math.max(-LARGEST, Math.min(LARGEST, fixed));
}

export class TfjsExtractor implements Extractor {
  readonly kind = 'tfjs';
  readonly bits: number;
  readonly input: TfjsHeader['input'];
  private opened: Promise<OpenedModel> | undefined;

  constructor(
    private readonly header: TfjsHeader,
    private readonly arrays: TfjsArrays,
    readonly sha256: string,
  ) {
    this.bits = header.bits;
    this.input = header.input;
  }

  async extract(images: Samples, onProgress?: (done: number) => void): Promise<BitMatrix> {
    checkImages(this.input, images);
    const { header, bits } = this;
    const { features, fractionBits } = header;
    const { thresholds, topology, weights } = this.arrays;
    this.opened ??= openTfjsModel(header, topology, weights, this.input);
    const model = await this.opened;
    if (model.features !== features) {
      throw new FederationError(
        'file-corrupt',
        `extractor ${header.name}: field "features" is ${features}, but the model gives ${model.features}; make the file again`,
      );
    }
    const rotation = createRotation(header.rotation, features, bits);
    const matrix = BitMatrix.create(images.count, bits);
    for (let first = 0; first < images.count; first += TFJS_BATCH) {
      const count = Math.min(TFJS_BATCH, images.count - first);
      const values = await model.run(images, first, count);
      for (let i = 0; i < count; i++) {
        const row = matrix.row(first + i);
        const coordinates = rotation.apply(values, i * features);
        for (let bit = 0; bit < bits; bit++) {
          const fixed = toSignedFixedPoint(coordinates[bit], fractionBits);
          if (fixed >= thresholds[bit]) row[bit >> 3] |= 1 << (bit & 7);
        }
      }
      onProgress?.((first + count) / images.count);
    }
    return matrix;
  }

  /** Frees the model; it is opened again if it is needed. */
  dispose(): void {
    this.opened?.then((model) => model.dispose()).catch(() => {});
    this.opened = undefined;
  }
}
