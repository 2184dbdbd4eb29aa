/**
 * An extractor turns samples into latent bits, once: full precision, task-independent, frozen while
 * a head is trained, and identified by the SHA-256 of its file.
 */
import type { BitMatrix } from '../kernels/bits.js';
import type { Table } from './table.js';

/** A batch of images, [count][height][width][channels], one byte a value. */
export interface ImageBatch {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

/** What an extractor may take; each kind takes one of them. */
export type Samples = ImageBatch | Table;

export interface Extractor {
  readonly kind: 'patches' | 'pixels' | 'quantiles' | 'vae' | 'tfjs';
  /** SHA-256 of the file, lower-case hexadecimal. */
  readonly sha256: string;
  /** L: bits a sample. */
  readonly bits: number;
  /** Shape of an image, or the number of columns of a table. */
  readonly input:
    | { readonly width: number; readonly height: number; readonly channels: number }
    | { readonly columns: number };
  /**
   * Latent bits of a batch, [count][bits]. Large batches are cut up inside.
   * @param onProgress called with the share done, in (0, 1]
   * @throws FederationError `bad-request` if the samples are of another kind or shape
   */
  extract(samples: Samples, onProgress?: (done: number) => void): Promise<BitMatrix>;
  /** Frees what the extractor holds on the device. */
  dispose(): void;
}
