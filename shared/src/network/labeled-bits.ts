/** Samples as the head sees them: latent bits, one row a sample, and labels. */
import type { BitMatrix } from '../kernels/bits.js';

export interface LabeledBits {
  /** [samples][L]. */
  readonly bits: BitMatrix;
  /** One label a sample, in [0, classes). */
  readonly labels: Int32Array;
}
