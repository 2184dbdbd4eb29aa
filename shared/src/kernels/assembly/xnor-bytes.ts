import { bitRowBytes, laneRowBytes } from './memory';

// Counts the differing bits of every byte: one instruction on ARM, a few on x86.

/** Sixteen counts of bytes as four sums. */
// @ts-ignore: decorator
@inline
function widen(counts: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(counts));
}

/** The sum of four. */
// @ts-ignore: decorator
@inline
function total(counts: v128): i32 {
  const halves = i32x4.add(counts, i64x2.shuffle(counts, counts, 1, 0));
  return i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1);
}

/** In each byte of a weight vector, the bits that differ from the input's. */
// @ts-ignore: decorator
@inline
function differing(x: v128, w: usize): v128 {
  return i8x16.popcnt(v128.xor(x, v128.load(w)));
}

/** One sample with all neurons, four at a time. */
export function countSample(
  weights: usize,
  x: usize,
  neurons: i32,
  batch: i32,
  inputs: i32,
  out: usize,
): void {
  const rowBytes = bitRowBytes(inputs);
  const stride = laneRowBytes(batch);
  for (let n = 0; n < neurons; n += 4) {
    const w0 = weights + <usize>n * rowBytes;
    const left = neurons - n;
    const w1 = left > 1 ? w0 + rowBytes : w0;
    const w2 = left > 2 ? w1 + rowBytes : w0;
    const w3 = left > 3 ? w2 + rowBytes : w0;
    let t0 = i32x4.splat(0);
    let t1 = i32x4.splat(0);
    let t2 = i32x4.splat(0);
    let t3 = i32x4.splat(0);
    for (let i: usize = 0; i < rowBytes; ) {
      // A count in a byte holds 31 vectors' bits.
      const end = min(i + 31 * 16, rowBytes);
      let c0 = i8x16.splat(0);
      let c1 = i8x16.splat(0);
      let c2 = i8x16.splat(0);
      let c3 = i8x16.splat(0);
      for (; i < end; i += 16) {
        const word = v128.load(x + i);
        c0 = i8x16.add(c0, differing(word, w0 + i));
        c1 = i8x16.add(c1, differing(word, w1 + i));
        c2 = i8x16.add(c2, differing(word, w2 + i));
        c3 = i8x16.add(c3, differing(word, w3 + i));
      }
      t0 = i32x4.add(t0, widen(c0));
      t1 = i32x4.add(t1, widen(c1));
      t2 = i32x4.add(t2, widen(c2));
      t3 = i32x4.add(t3, widen(c3));
    }
    const to = out + <usize>n * stride;
    store<i32>(to, inputs - 2 * total(t0));
    if (left > 1) store<i32>(to + stride, inputs - 2 * total(t1));
    if (left > 2) store<i32>(to + 2 * stride, inputs - 2 * total(t2));
    if (left > 3) store<i32>(to + 3 * stride, inputs - 2 * total(t3));
  }
}

/** The XNOR product, a sample at a time. */
export function xnorBytes(
  weights: usize,
  inputBits: usize,
  neurons: i32,
  batch: i32,
  inputs: i32,
  out: usize,
): void {
  const rowBytes = bitRowBytes(inputs);
  for (let b = 0; b < batch; b++) {
    const x = inputBits + <usize>b * rowBytes;
    countSample(weights, x, neurons, batch, inputs, out + (<usize>b << 2));
  }
}
