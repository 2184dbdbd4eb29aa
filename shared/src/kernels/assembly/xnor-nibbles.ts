import { bitRowBytes, laneRowBytes, SCRATCH } from './memory';

// Four bits of a neuron choose one of 16 counts, and a byte shuffle looks up 16 neurons at once: the
// counts of a sample's four inputs are the table, the bits of the neurons the indices. Indices are
// below 16, where the relaxed shuffle is as deterministic as the other, and cheaper on x86.

/** Neurons arranged at a time. */
// @ts-ignore: decorator
@inline
const NEURONS: i32 = 256;
/** Bytes of a row (8 inputs each) that are counted before `out` is touched. */
// @ts-ignore: decorator
@inline
const BLOCK: usize = 128;
/** Bytes of a row after which counts of at most 8 leave the byte: 31 · 8 is below 256. */
// @ts-ignore: decorator
@inline
const COUNTED: usize = 31;

/** [NEURONS/32][BLOCK][low, high][32] bytes: the neurons' bits, four to a byte. 64 KiB. */
// @ts-ignore: decorator
@inline
const PANELS: usize = SCRATCH;
// @ts-ignore: decorator
@inline
const PANEL: usize = BLOCK * 64;
/** [4 samples][BLOCK][low, high][16] bytes: how many of four inputs differ from each pattern. */
// @ts-ignore: decorator
@inline
const TABLES: usize = PANELS + 8 * PANEL;
// @ts-ignore: decorator
@inline
const TABLE: usize = BLOCK * 32;
/** [4 samples][32 neurons] u16: the counts of a block. */
// @ts-ignore: decorator
@inline
const SUMS: usize = TABLES + 4 * TABLE;

// @ts-ignore: decorator
@inline
function lookUp(table: v128, indices: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i8x16.relaxed_swizzle(table, indices);
  return i8x16.swizzle(table, indices);
}

/** Arranges `bytes` bytes of up to 32 neurons' rows; absent neurons repeat the last. */
function arrange(w: usize, rowBytes: usize, neurons: i32, bytes: usize, to: usize): void {
  const low = i8x16.splat(15);
  for (let i: usize = 0; i < bytes; i += 16) {
    for (let n = 0; n < 32; n++) {
      const row = v128.load(w + <usize>min(n, neurons - 1) * rowBytes + i);
      const at = to + (i << 6) + <usize>n;
      spread(at, v128.and(row, low));
      spread(at + 32, v128.and(i16x8.shr_u(row, 4), low));
    }
  }
}

/** Sixteen bytes, 64 apart. */
// @ts-ignore: decorator
@inline
function spread(to: usize, bytes: v128): void {
  v128.store_lane<u8>(to, bytes, 0);
  v128.store_lane<u8>(to, bytes, 1, 64);
  v128.store_lane<u8>(to, bytes, 2, 128);
  v128.store_lane<u8>(to, bytes, 3, 192);
  v128.store_lane<u8>(to, bytes, 4, 256);
  v128.store_lane<u8>(to, bytes, 5, 320);
  v128.store_lane<u8>(to, bytes, 6, 384);
  v128.store_lane<u8>(to, bytes, 7, 448);
  v128.store_lane<u8>(to, bytes, 8, 512);
  v128.store_lane<u8>(to, bytes, 9, 576);
  v128.store_lane<u8>(to, bytes, 10, 640);
  v128.store_lane<u8>(to, bytes, 11, 704);
  v128.store_lane<u8>(to, bytes, 12, 768);
  v128.store_lane<u8>(to, bytes, 13, 832);
  v128.store_lane<u8>(to, bytes, 14, 896);
  v128.store_lane<u8>(to, bytes, 15, 960);
}

/** The tables of one sample: the differing bits of four inputs from the patterns 0 … 15. */
function makeTables(x: usize, bytes: usize, to: usize): void {
  const counts = i8x16(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const patterns = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  for (let i: usize = 0; i < bytes; i++) {
    const byte = load<u8>(x + i);
    v128.store(to, lookUp(counts, v128.xor(patterns, i8x16.splat(<i8>(byte & 15)))));
    v128.store(to, lookUp(counts, v128.xor(patterns, i8x16.splat(<i8>(byte >> 4)))), 16);
    to += 32;
  }
}

/** Adds sixteen counts of bytes to the sums at `to`. */
// @ts-ignore: decorator
@inline
function addCounts(to: usize, counts: v128): void {
  v128.store(to, i16x8.add(v128.load(to), i16x8.extend_low_i8x16_u(counts)));
  v128.store(to, i16x8.add(v128.load(to, 16), i16x8.extend_high_i8x16_u(counts)), 16);
}

/** SUMS ← the differing bits of a panel of 32 neurons from four samples. */
function countPanel(panel: usize, bytes: usize): void {
  memory.fill(SUMS, 0, 256);
  for (let i: usize = 0; i < bytes; ) {
    const end = min(i + COUNTED, bytes);
    let a0 = i8x16.splat(0);
    let a1 = i8x16.splat(0);
    let a2 = i8x16.splat(0);
    let a3 = i8x16.splat(0);
    let b0 = i8x16.splat(0);
    let b1 = i8x16.splat(0);
    let b2 = i8x16.splat(0);
    let b3 = i8x16.splat(0);
    const tables = end << 5;
    for (let t = i << 5; t < tables; t += 16) {
      const a = v128.load(panel);
      const b = v128.load(panel, 16);
      panel += 32;
      let table = v128.load(t, TABLES);
      a0 = i8x16.add(a0, lookUp(table, a));
      b0 = i8x16.add(b0, lookUp(table, b));
      table = v128.load(t, TABLES + TABLE);
      a1 = i8x16.add(a1, lookUp(table, a));
      b1 = i8x16.add(b1, lookUp(table, b));
      table = v128.load(t, TABLES + 2 * TABLE);
      a2 = i8x16.add(a2, lookUp(table, a));
      b2 = i8x16.add(b2, lookUp(table, b));
      table = v128.load(t, TABLES + 3 * TABLE);
      a3 = i8x16.add(a3, lookUp(table, a));
      b3 = i8x16.add(b3, lookUp(table, b));
    }
    i = end;
    addCounts(SUMS, a0);
    addCounts(SUMS + 32, b0);
    addCounts(SUMS + 64, a1);
    addCounts(SUMS + 96, b1);
    addCounts(SUMS + 128, a2);
    addCounts(SUMS + 160, b2);
    addCounts(SUMS + 192, a3);
    addCounts(SUMS + 224, b3);
  }
}

/** out ← (first ? inputs : out) − 2 · SUMS, for `neurons` of the panel and four samples. */
function subtractSums(out: usize, stride: usize, neurons: i32, first: bool, inputs: v128): void {
  for (let n = 0; n < neurons; n++) {
    const at = SUMS + (<usize>n << 1);
    let sums = v128.load16_splat(at);
    sums = v128.load_lane<u16>(at + 64, sums, 2);
    sums = v128.load_lane<u16>(at + 128, sums, 4);
    sums = v128.load_lane<u16>(at + 192, sums, 6);
    const twice = i32x4.shl(v128.and(sums, i32x4.splat(0xffff)), 1);
    v128.store(out, i32x4.sub(first ? inputs : v128.load(out), twice));
    out += stride;
  }
}

/** The XNOR product, 32 neurons and four samples at a time. */
export function xnorNibbles(
  weights: usize,
  inputBits: usize,
  neurons: i32,
  batch: i32,
  inputs: i32,
  out: usize,
): void {
  const rowBytes = bitRowBytes(inputs);
  const stride = laneRowBytes(batch);
  const all = i32x4.splat(inputs);
  for (let n = 0; n < neurons; n += NEURONS) {
    const end = min(n + NEURONS, neurons);
    for (let k: usize = 0; k < rowBytes; k += BLOCK) {
      const bytes = min(BLOCK, rowBytes - k);
      for (let m = n, panel = PANELS; m < end; m += 32, panel += PANEL) {
        arrange(weights + <usize>m * rowBytes + k, rowBytes, end - m, bytes, panel);
      }
      for (let b = 0; b < batch; b += 4) {
        for (let s = 0; s < 4; s++) {
          const sample = <usize>min(b + s, batch - 1);
          makeTables(inputBits + sample * rowBytes + k, bytes, TABLES + <usize>s * TABLE);
        }
        for (let m = n, panel = PANELS; m < end; m += 32, panel += PANEL) {
          countPanel(panel, bytes);
          const to = out + <usize>m * stride + (<usize>b << 2);
          subtractSums(to, stride, min(32, end - m), k == 0, all);
        }
      }
    }
  }
}
