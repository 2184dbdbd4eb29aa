/** Training samples that are kept from training, to choose settings by. */
import { BitMatrix, type LabeledBits } from '@fedhybnn/shared';

/** Samples that are held out at most. */
const MOST = 5000;

/** How many of the training samples, from the first one on, are trained on. */
export function trainingRows(all: number, evaluateOn: 'test' | 'validation'): number {
  return evaluateOn === 'test' ? all : all - Math.min(MOST, Math.floor(all / 6));
}

/** The last samples as a validation set, at most {@link MOST} and a sixth of all; views, no copies. */
export function holdOut(all: LabeledBits): { training: LabeledBits; test: LabeledBits } {
  const { rows } = all.bits;
  const kept = trainingRows(rows, 'validation');
  return { training: samplesFrom(all, 0, kept), test: samplesFrom(all, kept, rows) };
}

function samplesFrom(all: LabeledBits, start: number, end: number): LabeledBits {
  const bits = rowsOf(all.bits, start, end);
  return 'targets' in all
    ? { bits, targets: rowsOf(all.targets, start, end) }
    : { bits, labels: all.labels.subarray(start, end) };
}

function rowsOf({ bytes, rowBytes, cols }: BitMatrix, start: number, end: number): BitMatrix {
  return new BitMatrix(end - start, cols, bytes.subarray(start * rowBytes, end * rowBytes));
}
