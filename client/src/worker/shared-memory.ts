/** Data that many threads read: one copy, in shared memory. */
import { BitMatrix, type LabeledBits } from '@fedhybnn/shared';

/** A bit matrix as it crosses to a thread: a class instance would lose its methods. */
interface PlainMatrix {
  readonly rows: number;
  readonly cols: number;
  readonly bytes: Uint8Array;
}

/** Labeled bits as they cross to a thread. */
export type PlainBits = PlainMatrix &
  ({ readonly labels: Int32Array } | { readonly targets: PlainMatrix });

type Carry = <T extends Uint8Array | Int32Array>(array: T) => T;

/** The same samples without methods. */
export function toPlainBits(data: LabeledBits, carry: Carry = (array) => array): PlainBits {
  const matrix = ({ rows, cols, bytes }: BitMatrix) => ({ rows, cols, bytes: carry(bytes) });
  return 'targets' in data
    ? { ...matrix(data.bits), targets: matrix(data.targets) }
    : { ...matrix(data.bits), labels: carry(data.labels) };
}

/** The same samples in shared memory; what lies there already is not copied. */
export function toSharedMemory(data: LabeledBits): PlainBits {
  return toPlainBits(data, shared);
}

export function fromPlainBits(plain: PlainBits): LabeledBits {
  const matrix = ({ rows, cols, bytes }: PlainMatrix) => new BitMatrix(rows, cols, bytes);
  return 'targets' in plain
    ? { bits: matrix(plain), targets: matrix(plain.targets) }
    : { bits: matrix(plain), labels: plain.labels };
}

/** The same numbers in shared memory. */
export function shared<T extends Uint8Array | Int16Array | Int32Array>(array: T): T {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const SameKind = array.constructor as new (buffer: SharedArrayBuffer) => T;
  const copy = new SameKind(new SharedArrayBuffer(array.byteLength));
  copy.set(array);
  return copy;
}
