/** Data that many threads read: one copy, in shared memory. */
import { BitMatrix, type LabeledBits } from '@fedhybnn/shared';

/** Labeled bits as they cross to a thread: a class instance would lose its methods. */
export interface PlainBits {
  readonly rows: number;
  readonly cols: number;
  readonly bytes: Uint8Array;
  readonly labels: Int32Array;
}

/** The same samples in shared memory; what lies there already is not copied. */
export function toSharedMemory({ bits, labels }: LabeledBits): PlainBits {
  const { rows, cols } = bits;
  return { rows, cols, bytes: shared(bits.bytes), labels: shared(labels) };
}

export function fromPlainBits({ rows, cols, bytes, labels }: PlainBits): LabeledBits {
  return { bits: new BitMatrix(rows, cols, bytes), labels };
}

/** The same numbers in shared memory. */
export function shared<T extends Uint8Array | Int32Array | Uint32Array>(array: T): T {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const SameKind = array.constructor as new (buffer: SharedArrayBuffer) => T;
  const copy = new SameKind(new SharedArrayBuffer(array.byteLength));
  copy.set(array);
  return copy;
}
