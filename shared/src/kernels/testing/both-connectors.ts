/** Runs the same operation on every connector and compares what comes out, bit for bit. */
import type { Random } from '../../random/random.js';
import { BitMatrix } from '../bits.js';
import { type Address, bitRowBytes, type Kernels, laneStride } from '../kernels.js';
import { type LoadOptions, loadKernels } from '../load.js';
import { PRODUCT_ALGORITHMS } from '../product-choice.js';

type Elements = Float32Array | Int32Array | Uint8Array;

/** A connector with a memory of its own, and typed ways in and out of it. */
export class Desk {
  constructor(readonly kernels: Kernels) {}

  /** Room for `bytes`, filled with ones: whatever an operation leaves unwritten shows. */
  room(bytes: number): Address {
    return this.put(new Uint8Array(bytes).fill(0xff));
  }

  put(elements: Elements): Address {
    const address = this.kernels.memory.allocate(elements.byteLength);
    const bytes = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
    new Uint8Array(this.kernels.memory.buffer, address, bytes.length).set(bytes);
    return address;
  }

  /** Puts a [rows][cols] matrix as a feature-major one, with NaN or huge numbers as padding. */
  putRows(values: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>, cols: number): Address {
    const rows = values.length / cols;
    const stride = laneStride(cols);
    const padded =
      values instanceof Float32Array
        ? new Float32Array(rows * stride).fill(Number.NaN)
        : new Int32Array(rows * stride).fill(2 ** 31 - 1);
    for (let r = 0; r < rows; r++) {
      padded.set(values.subarray(r * cols, (r + 1) * cols), r * stride);
    }
    return this.put(padded);
  }

  bits(address: Address, rows: number, cols: number): Uint8Array {
    return new Uint8Array(this.kernels.memory.buffer, address, rows * bitRowBytes(cols)).slice();
  }

  floats(address: Address, length: number): Float32Array {
    return new Float32Array(this.kernels.memory.buffer, address, length).slice();
  }

  /** The elements of a feature-major f32 matrix, without padding. */
  floatRows(address: Address, rows: number, cols: number): Float32Array {
    return Float32Array.from(withoutPadding(this.floats(address, rows * laneStride(cols)), cols));
  }

  /** The elements of a feature-major i32 matrix, without padding. */
  integerRows(address: Address, rows: number, cols: number): Int32Array {
    const length = rows * laneStride(cols);
    const all = new Int32Array(this.kernels.memory.buffer, address, length);
    return Int32Array.from(withoutPadding(all, cols));
  }
}

function withoutPadding(all: ArrayLike<number>, cols: number): number[] {
  const stride = laneStride(cols);
  return Array.from(all).filter((_, i) => i % stride < cols);
}

type Outputs = Readonly<Record<string, Uint8Array | Int32Array | Float32Array>>;

/** Both WebAssembly modules. */
export const MODULES: readonly LoadOptions[] = [{ kind: 'simd' }, { kind: 'relaxed' }];

/** Both modules with every way to make a product. */
export const PRODUCT_WAYS: readonly LoadOptions[] = MODULES.flatMap(({ kind }) =>
  PRODUCT_ALGORITHMS.map((way) => ({ kind, products: { few: way, many: way } })),
);

/**
 * Gives the reference's outputs.
 * @throws Error naming the output and the element if another connector has other bits
 */
export async function onBoth<T extends Outputs>(
  operation: (desk: Desk) => T,
  others: readonly LoadOptions[] = MODULES,
): Promise<T> {
  const reference = operation(new Desk(await loadKernels({ kind: 'reference' })));
  for (const other of others) {
    const kernels = await loadKernels(other);
    const actual = operation(new Desk(kernels));
    for (const [name, expected] of Object.entries(reference)) {
      const differing = firstDifference(expected, actual[name]);
      if (differing === undefined) continue;
      const [found, wanted] = [actual[name][differing], expected[differing]];
      const way = `${kernels.name}, ${kernels.products.few}, ${kernels.products.many}`;
      throw new Error(`${way}: ${name}[${differing}] is ${found}, not ${wanted}`);
    }
  }
  return reference;
}

function firstDifference(expected: Outputs[string], actual: Outputs[string]): number | undefined {
  const [a, b] = [patterns(expected), patterns(actual)];
  for (let i = 0; i < Math.max(a.length, b.length); i++) if (a[i] !== b[i]) return i;
  return undefined;
}

/** The bits of floats, so that −0 and NaN compare as they are. */
function patterns(values: Uint8Array | Int32Array | Float32Array): Uint8Array | Int32Array {
  if (!(values instanceof Float32Array)) return values;
  return new Int32Array(values.buffer, values.byteOffset, values.length);
}

export function randomBits(rows: number, cols: number, random: Random): BitMatrix {
  const bits = BitMatrix.create(rows, cols);
  for (let i = 0; i < bits.bytes.length; i++) bits.bytes[i] = random.below(256);
  for (let r = 0; r < rows; r++) {
    for (let c = cols; c < bits.rowBytes * 8; c++) bits.set(r, c, false);
  }
  return bits;
}

/** Floats of very different sizes, zeros among them. */
export function randomFloats(length: number, random: Random): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length }, () => {
    const scale = 2 ** (random.below(24) - 16);
    return random.below(8) === 0 ? 0 : (2 * random.unit() - 1) * scale;
  });
}

/** Integers in [−range, range]. */
export function randomIntegers(
  length: number,
  range: number,
  random: Random,
): Int32Array<ArrayBuffer> {
  return Int32Array.from({ length }, () => random.below(2 * range + 1) - range);
}
