/** Linear memory, and how long rows in it are. */

/** A byte offset into the linear memory, 16-byte aligned. */
export type Address = number;

/** Linear memory with one owner; allocations live as long as the `Kernels` object. */
export interface KernelMemory {
  /** The memory as it is now; an {@link allocate} may replace it, so do not keep views across one. */
  readonly buffer: ArrayBuffer;
  /** Returns `bytes` zeroed bytes, 16-byte aligned. Throws `RangeError` past the memory's limit. */
  allocate(bytes: number): Address;
}

/** Bytes of one row of a bit matrix with `cols` columns: `cols` bits rounded up to 128. */
export function bitRowBytes(cols: number): number {
  return ((cols + 127) >> 7) << 4;
}

/** Elements of one row of a feature-major matrix with `batch` columns: rounded up to 16. */
export function laneStride(batch: number): number {
  return (batch + 15) & ~15;
}
