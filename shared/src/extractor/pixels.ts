/**
 * The `pixels` extractor: input binarization by threshold, the usual first layer of a plain binary
 * network (BinaryNet, arXiv 1602.02830). Bit i of a sample is pixel i ≥ threshold, in the order
 * [row][column][channel]. Integer work: the same on every machine.
 */
import { BitMatrix } from '../kernels/bits.js';
import { checkImages } from './check-images.js';
import type { Extractor, Samples } from './extractor.js';
import type { PixelsHeader } from './file-header.js';

/** How many images are done between two yields to the event loop. */
const CHUNK = 2000;

export class PixelsExtractor implements Extractor {
  readonly kind = 'pixels';
  readonly bits: number;
  readonly input: Extractor['input'];

  constructor(
    private readonly header: PixelsHeader,
    readonly sha256: string,
  ) {
    this.bits = header.bits;
    this.input = header.input;
  }

  async extract(images: Samples, onProgress?: (done: number) => void): Promise<BitMatrix> {
    checkImages(this.input, images);
    const { bits } = this;
    const { threshold } = this.header;
    const { count, pixels } = images;
    const matrix = BitMatrix.create(count, bits);
    for (let start = 0; start < count; start += CHUNK) {
      const end = Math.min(start + CHUNK, count);
      for (let i = start; i < end; i++) {
        const row = matrix.row(i);
        for (let bit = 0; bit < bits; bit++) {
          if (pixels[i * bits + bit] >= threshold) row[bit >> 3] |= 1 << (bit & 7);
        }
      }
      onProgress?.(end / count);
      await Promise.resolve();
    }
    return matrix;
  }

  /** Holds nothing. */
  dispose(): void {}
}
