/** Samples as the head sees them: latent bits, one row a sample, and what is true of them. */
import type { BitMatrix } from '../kernels/bits.js';

/** One label a sample: multiclass and binary classification. */
export interface SingleLabelBits {
  /** [samples][L]. */
  readonly bits: BitMatrix;
  /** One label a sample, in [0, classes). */
  readonly labels: Int32Array;
}

/** Any number of labels a sample: multi-label classification. */
export interface MultiLabelBits {
  /** [samples][L]. */
  readonly bits: BitMatrix;
  /** [samples][labels]: a set bit where the sample has the label. */
  readonly targets: BitMatrix;
}

export type LabeledBits = SingleLabelBits | MultiLabelBits;
