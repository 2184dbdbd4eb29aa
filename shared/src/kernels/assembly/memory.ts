// A bump allocator, and one scratch region that the kernels share: no kernel keeps anything there.

let top: usize = (__heap_base + 15) & ~15;

/** `bytes` zeroed bytes, 16-byte aligned; 0 if the memory cannot grow. */
export function allocate(bytes: usize): usize {
  const address = top;
  const end = (address + bytes + 15) & ~15;
  // Sixteen bytes to spare: kernels read whole words at the end of the last row.
  const pages = (<i32>((end + 16 + 0xffff) >> 16)) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) return 0;
  top = end;
  return address;
}

let scratchAddress: usize = 0;
let scratchBytes: usize = 0;

/** At least `bytes` of scratch, contents undefined. */
export function scratch(bytes: usize): usize {
  if (bytes > scratchBytes) {
    scratchBytes = bytes;
    scratchAddress = allocate(bytes);
    if (scratchAddress == 0) unreachable();
  }
  return scratchAddress;
}

// @ts-ignore: decorator
@inline
export function bitRowBytes(cols: i32): usize {
  return <usize>(((cols + 127) >> 7) << 4);
}

// @ts-ignore: decorator
@inline
export function laneStride(batch: i32): usize {
  return <usize>((batch + 15) & ~15);
}
