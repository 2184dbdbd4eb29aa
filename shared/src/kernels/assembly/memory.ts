// A bump allocator above a fixed scratch region. Kernels allocate nothing and keep nothing in the
// scratch region between calls: only `allocate` ever replaces the memory.

/** First address of the scratch region. Below stands the module's own data. */
// @ts-ignore: decorator
@inline
export const SCRATCH: usize = 1024;

/** First address to allocate, past the scratch region; inside asc's `--initialMemory`. */
// @ts-ignore: decorator
@inline
const HEAP: usize = 344 << 10;

/** Bytes to spare at the end of the memory: kernels load whole vectors past the last element. */
// @ts-ignore: decorator
@inline
const SPARE: usize = 64;

let top: usize = HEAP;

// The module has no data of its own today; should it get some, this says so at the first load.
if (__heap_base > SCRATCH) unreachable();

/** `bytes` zeroed bytes, 16-byte aligned; 0 past 2 GiB or if the memory cannot grow. */
export function allocate(bytes: usize): usize {
  const address = top;
  const end = (<u64>address + bytes + 15) & ~15;
  if (end > 0x80000000) return 0;
  const pages = <i32>((end + SPARE + 0xffff) >> 16) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) return 0;
  top = <usize>end;
  return address;
}

/** Bytes of one row of a bit matrix: `cols` bits rounded up to 128. */
// @ts-ignore: decorator
@inline
export function bitRowBytes(cols: i32): usize {
  return <usize>(((cols + 127) >> 7) << 4);
}

/** Bytes of one row of a feature-major matrix: `batch` elements of 4 bytes, rounded up to 16. */
// @ts-ignore: decorator
@inline
export function laneRowBytes(batch: i32): usize {
  return <usize>((batch + 15) & ~15) << 2;
}
