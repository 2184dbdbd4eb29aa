/**
 * An extractor turns samples into latent bits, once: full precision, task-independent, frozen while
 * a head is trained, and identified by the SHA-256 of its file.
 */
import type { BitMatrix } from '../kernels/bits.js';

/** A batch of images, [count][height][width][channels], one byte a value. */
export interface ImageBatch {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

export interface Extractor {
  readonly kind: 'patches' | 'pixels';
  /** SHA-256 of the file, lower-case hexadecimal. */
  readonly sha256: string;
  /** L: bits a sample. */
  readonly bits: number;
  readonly input: { readonly width: number; readonly height: number; readonly channels: number };
  /**
   * Latent bits of a batch, [count][bits]. Large batches are cut up inside.
   * @param onProgress called with the share done, in (0, 1]
   * @throws FederationError `bad-request` if the images have another shape
   */
  extract(images: ImageBatch, onProgress?: (done: number) => void): Promise<BitMatrix>;
  /** Frees what the extractor holds on the device. */
  dispose(): void;
}
