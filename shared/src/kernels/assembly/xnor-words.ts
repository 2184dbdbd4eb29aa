import { bitRowBytes, laneRowBytes } from './memory';

// Counts the differing bits of 64-bit words: one instruction on x86. Two rows share the loads of the
// input; the addresses of 32 bytes at a time are immediate offsets.

/** One sample with two neurons (or twice the same one): counts in the halves of the result. */
// @ts-ignore: decorator
@inline
function countTwo(x: usize, w0: usize, w1: usize, rowBytes: usize): i64 {
  let a: i64 = 0;
  let b: i64 = 0;
  const pairs = rowBytes & ~31;
  let i: usize = 0;
  for (; i < pairs; i += 32) {
    const p = x + i;
    const q = w0 + i;
    const r = w1 + i;
    const x0 = load<i64>(p);
    a += popcnt(load<i64>(q) ^ x0);
    b += popcnt(load<i64>(r) ^ x0);
    const x1 = load<i64>(p, 8);
    a += popcnt(load<i64>(q, 8) ^ x1);
    b += popcnt(load<i64>(r, 8) ^ x1);
    const x2 = load<i64>(p, 16);
    a += popcnt(load<i64>(q, 16) ^ x2);
    b += popcnt(load<i64>(r, 16) ^ x2);
    const x3 = load<i64>(p, 24);
    a += popcnt(load<i64>(q, 24) ^ x3);
    b += popcnt(load<i64>(r, 24) ^ x3);
  }
  if (i < rowBytes) {
    const x0 = load<i64>(x + i);
    const x1 = load<i64>(x + i, 8);
    a += popcnt(load<i64>(w0 + i) ^ x0) + popcnt(load<i64>(w0 + i, 8) ^ x1);
    b += popcnt(load<i64>(w1 + i) ^ x0) + popcnt(load<i64>(w1 + i, 8) ^ x1);
  }
  return a | (b << 32);
}

/** The XNOR product, two neurons and a sample at a time. */
export function xnorWords(
  weights: usize,
  inputBits: usize,
  neurons: i32,
  batch: i32,
  inputs: i32,
  out: usize,
): void {
  const rowBytes = bitRowBytes(inputs);
  const stride = laneRowBytes(batch);
  for (let n = 0; n < neurons; n += 2) {
    const w0 = weights + <usize>n * rowBytes;
    const alone = n + 1 == neurons;
    const w1 = alone ? w0 : w0 + rowBytes;
    let to = out + <usize>n * stride;
    let x = inputBits;
    for (let b = 0; b < batch; b++) {
      const counts = countTwo(x, w0, w1, rowBytes);
      store<i32>(to, inputs - 2 * <i32>counts);
      if (!alone) store<i32>(to + stride, inputs - 2 * <i32>(counts >> 32));
      to += 4;
      x += rowBytes;
    }
  }
}
