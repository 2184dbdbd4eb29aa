import { bitRowBytes, laneRowBytes, SCRATCH } from './memory';

// A tile is up to 64 samples, a byte each. A group is 6 inputs; its table has 64 entries of a tile:
// entry p counts, for each sample, the inputs of the group in which it differs from pattern p. The
// six bits of a neuron then choose an entry to add: 384 products for at most 4 vector additions.
// Four groups, 24 inputs or three bytes of bits, are walked together: their tables are 16 KiB and
// stay in the first-level cache.

// @ts-ignore: decorator
@inline
const TILE: usize = 64;
// @ts-ignore: decorator
@inline
const TABLE: usize = 64 * TILE;
// @ts-ignore: decorator
@inline
const GROUPED: i32 = 24;
/** Inputs after which byte counts are added to `out`: ten times 24 is below 256. */
// @ts-ignore: decorator
@inline
const COUNTED: i32 = 240;
/** Neurons that share the tables before they are made again: their counts fill 64 KiB. */
// @ts-ignore: decorator
@inline
const NEURONS: i32 = 1024;

// @ts-ignore: decorator
@inline
const TABLES: usize = SCRATCH;
/** [24][64] bytes: the input bit, 0 or 1. */
// @ts-ignore: decorator
@inline
const BITS: usize = TABLES + 4 * TABLE;
/** [24][64] bytes: what setting the pattern's bit adds to the count, +1 or −1; 0 if absent. */
// @ts-ignore: decorator
@inline
const CHANGES: usize = BITS + 24 * TILE;
/** [1024][64] bytes. */
// @ts-ignore: decorator
@inline
const COUNTS: usize = CHANGES + 24 * TILE;

/** Three bytes of each of four samples' input bits; samples past the last repeat it. */
// @ts-ignore: decorator
@inline
function loadInputs(x: usize, rowBytes: usize, b: i32, last: i32, mask: v128): v128 {
  let words = v128.load32_zero(x + <usize>min(b, last) * rowBytes);
  words = v128.load_lane<u32>(x + <usize>min(b + 1, last) * rowBytes, words, 1);
  words = v128.load_lane<u32>(x + <usize>min(b + 2, last) * rowBytes, words, 2);
  words = v128.load_lane<u32>(x + <usize>min(b + 3, last) * rowBytes, words, 3);
  return v128.and(words, mask);
}

/** The eight inputs of a byte of 16 samples, to BITS and CHANGES. */
// @ts-ignore: decorator
@inline
function expandByte(bytes: v128, first: i32, left: i32, lane: usize): void {
  let mask = i8x16.splat(1);
  for (let k = first; k < first + 8; k++) {
    const clear = i8x16.eq(v128.and(bytes, mask), i8x16.splat(0));
    mask = i8x16.add(mask, mask);
    const at = (<usize>k << 6) + lane;
    v128.store(at, i8x16.add(i8x16.splat(1), clear), BITS);
    const change = v128.or(i8x16.neg(clear), i8x16.eq(clear, i8x16.splat(0)));
    v128.store(at, k < left ? change : i8x16.splat(0), CHANGES);
  }
}

/** Spreads 24 inputs of a tile of samples from bits to bytes. */
function expandInputs(
  x: usize,
  rowBytes: usize,
  first: i32,
  last: i32,
  left: i32,
  lanes: i32,
): void {
  const mask = i32x4.splat(left < GROUPED ? (1 << left) - 1 : 0xffffff);
  for (let v = 0; v < lanes; v += 16) {
    const w0 = loadInputs(x, rowBytes, first + v, last, mask);
    const w1 = loadInputs(x, rowBytes, first + v + 4, last, mask);
    const w2 = loadInputs(x, rowBytes, first + v + 8, last, mask);
    const w3 = loadInputs(x, rowBytes, first + v + 12, last, mask);
    const a = i8x16.shuffle(w0, w1, 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29);
    const b = i8x16.shuffle(w2, w3, 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29);
    const c = i8x16.shuffle(w0, w1, 2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31);
    const d = i8x16.shuffle(w2, w3, 2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31);
    expandByte(i64x2.shuffle(a, b, 0, 2), 0, left, v);
    expandByte(i64x2.shuffle(a, b, 1, 3), 8, left, v);
    expandByte(i64x2.shuffle(c, d, 0, 2), 16, left, v);
  }
}

/** Eight entries: those of the three low bits, with the change of the high bits added. */
// @ts-ignore: decorator
@inline
function storeEight(
  to: usize,
  change: v128,
  a0: v128,
  a1: v128,
  a2: v128,
  a3: v128,
  a4: v128,
  a5: v128,
  a6: v128,
  a7: v128,
): void {
  v128.store(to, i8x16.add(a0, change), TABLES);
  v128.store(to, i8x16.add(a1, change), TABLES + TILE);
  v128.store(to, i8x16.add(a2, change), TABLES + 2 * TILE);
  v128.store(to, i8x16.add(a3, change), TABLES + 3 * TILE);
  v128.store(to, i8x16.add(a4, change), TABLES + 4 * TILE);
  v128.store(to, i8x16.add(a5, change), TABLES + 5 * TILE);
  v128.store(to, i8x16.add(a6, change), TABLES + 6 * TILE);
  v128.store(to, i8x16.add(a7, change), TABLES + 7 * TILE);
}

/** The tables of four groups. */
function fillTables(lanes: i32): void {
  for (let g: usize = 0; g < 4; g++) {
    for (let v: usize = 0; v < <usize>lanes; v += 16) {
      const at = g * 6 * TILE + v;
      const d0 = v128.load(at, CHANGES);
      const d1 = v128.load(at, CHANGES + TILE);
      const d2 = v128.load(at, CHANGES + 2 * TILE);
      const d3 = v128.load(at, CHANGES + 3 * TILE);
      const d4 = v128.load(at, CHANGES + 4 * TILE);
      const d5 = v128.load(at, CHANGES + 5 * TILE);
      let a0 = i8x16.add(v128.load(at, BITS), v128.load(at, BITS + TILE));
      a0 = i8x16.add(a0, v128.load(at, BITS + 2 * TILE));
      a0 = i8x16.add(a0, v128.load(at, BITS + 3 * TILE));
      a0 = i8x16.add(a0, v128.load(at, BITS + 4 * TILE));
      a0 = i8x16.add(a0, v128.load(at, BITS + 5 * TILE));
      const a1 = i8x16.add(a0, d0);
      const a2 = i8x16.add(a0, d1);
      const a3 = i8x16.add(a1, d1);
      const a4 = i8x16.add(a0, d2);
      const a5 = i8x16.add(a1, d2);
      const a6 = i8x16.add(a2, d2);
      const a7 = i8x16.add(a3, d2);
      const to = g * TABLE + v;
      const d34 = i8x16.add(d3, d4);
      storeEight(to, i8x16.splat(0), a0, a1, a2, a3, a4, a5, a6, a7);
      storeEight(to + 8 * TILE, d3, a0, a1, a2, a3, a4, a5, a6, a7);
      storeEight(to + 16 * TILE, d4, a0, a1, a2, a3, a4, a5, a6, a7);
      storeEight(to + 24 * TILE, d34, a0, a1, a2, a3, a4, a5, a6, a7);
      storeEight(to + 32 * TILE, d5, a0, a1, a2, a3, a4, a5, a6, a7);
      storeEight(to + 40 * TILE, i8x16.add(d3, d5), a0, a1, a2, a3, a4, a5, a6, a7);
      storeEight(to + 48 * TILE, i8x16.add(d4, d5), a0, a1, a2, a3, a4, a5, a6, a7);
      storeEight(to + 56 * TILE, i8x16.add(d34, d5), a0, a1, a2, a3, a4, a5, a6, a7);
    }
  }
}

/** out ← (first ? inputs : out) − 2 · counts, for 16 samples. */
// @ts-ignore: decorator
@inline
function subtractCounts(to: usize, counts: v128, first: bool, inputs: v128): void {
  const low = i16x8.shl(i16x8.extend_low_i8x16_u(counts), 1);
  const high = i16x8.shl(i16x8.extend_high_i8x16_u(counts), 1);
  const o0 = first ? inputs : v128.load(to);
  const o1 = first ? inputs : v128.load(to, 16);
  const o2 = first ? inputs : v128.load(to, 32);
  const o3 = first ? inputs : v128.load(to, 48);
  v128.store(to, i32x4.sub(o0, i32x4.extend_low_i16x8_u(low)));
  v128.store(to, i32x4.sub(o1, i32x4.extend_high_i16x8_u(low)), 16);
  v128.store(to, i32x4.sub(o2, i32x4.extend_low_i16x8_u(high)), 32);
  v128.store(to, i32x4.sub(o3, i32x4.extend_high_i16x8_u(high)), 48);
}

/** Adds the entries of four groups to the counts of up to 64 samples, for a run of neurons. */
function countTile(
  at: usize,
  rowBytes: usize,
  rows: i32,
  lanes: i32,
  opens: bool,
  closes: bool,
  first: bool,
  inputs: v128,
  out: usize,
  stride: usize,
): void {
  const zero = i8x16.splat(0);
  const end = <usize>rows * TILE;
  for (let counts: usize = 0; counts < end; counts += TILE) {
    // Each index is six bits of the word, times the 64 bytes of an entry.
    const word = load<u32>(at);
    at += rowBytes;
    let c0 = opens ? zero : v128.load(counts, COUNTS);
    let c1 = opens ? zero : v128.load(counts, COUNTS + 16);
    let c2 = opens ? zero : v128.load(counts, COUNTS + 32);
    let c3 = opens ? zero : v128.load(counts, COUNTS + 48);
    const e0 = (word << 6) & 0xfc0;
    c0 = i8x16.add(c0, v128.load(e0, TABLES));
    c1 = i8x16.add(c1, v128.load(e0, TABLES + 16));
    c2 = i8x16.add(c2, v128.load(e0, TABLES + 32));
    c3 = i8x16.add(c3, v128.load(e0, TABLES + 48));
    const e1 = word & 0xfc0;
    c0 = i8x16.add(c0, v128.load(e1, TABLES + TABLE));
    c1 = i8x16.add(c1, v128.load(e1, TABLES + TABLE + 16));
    c2 = i8x16.add(c2, v128.load(e1, TABLES + TABLE + 32));
    c3 = i8x16.add(c3, v128.load(e1, TABLES + TABLE + 48));
    const e2 = (word >> 6) & 0xfc0;
    c0 = i8x16.add(c0, v128.load(e2, TABLES + 2 * TABLE));
    c1 = i8x16.add(c1, v128.load(e2, TABLES + 2 * TABLE + 16));
    c2 = i8x16.add(c2, v128.load(e2, TABLES + 2 * TABLE + 32));
    c3 = i8x16.add(c3, v128.load(e2, TABLES + 2 * TABLE + 48));
    const e3 = (word >> 12) & 0xfc0;
    c0 = i8x16.add(c0, v128.load(e3, TABLES + 3 * TABLE));
    c1 = i8x16.add(c1, v128.load(e3, TABLES + 3 * TABLE + 16));
    c2 = i8x16.add(c2, v128.load(e3, TABLES + 3 * TABLE + 32));
    c3 = i8x16.add(c3, v128.load(e3, TABLES + 3 * TABLE + 48));
    if (closes) {
      subtractCounts(out, c0, first, inputs);
      subtractCounts(out + 64, c1, first, inputs);
      subtractCounts(out + 128, c2, first, inputs);
      if (lanes > 48) subtractCounts(out + 192, c3, first, inputs);
      out += stride;
    } else {
      v128.store(counts, c0, COUNTS);
      v128.store(counts, c1, COUNTS + 16);
      v128.store(counts, c2, COUNTS + 32);
      v128.store(counts, c3, COUNTS + 48);
    }
  }
}

/** As countTile for the 16 samples at byte `lane` of the tile. */
function countLanes(
  at: usize,
  rowBytes: usize,
  rows: i32,
  lane: usize,
  opens: bool,
  closes: bool,
  first: bool,
  inputs: v128,
  out: usize,
  stride: usize,
): void {
  const end = lane + <usize>rows * TILE;
  for (let counts = lane; counts < end; counts += TILE) {
    const word = load<u32>(at);
    at += rowBytes;
    let sum = v128.load(lane + ((word << 6) & 0xfc0), TABLES);
    sum = i8x16.add(sum, v128.load(lane + (word & 0xfc0), TABLES + TABLE));
    sum = i8x16.add(sum, v128.load(lane + ((word >> 6) & 0xfc0), TABLES + 2 * TABLE));
    sum = i8x16.add(sum, v128.load(lane + ((word >> 12) & 0xfc0), TABLES + 3 * TABLE));
    if (!opens) sum = i8x16.add(sum, v128.load(counts, COUNTS));
    if (closes) {
      subtractCounts(out, sum, first, inputs);
      out += stride;
    } else {
      v128.store(counts, sum, COUNTS);
    }
  }
}

/** The products of all neurons with the samples first … first + 63, as far as there are. */
export function xnorTile(
  weights: usize,
  inputBits: usize,
  neurons: i32,
  batch: i32,
  inputs: i32,
  out: usize,
  first: i32,
): void {
  const rowBytes = bitRowBytes(inputs);
  const stride = laneRowBytes(batch);
  const lanes = min(64, (batch - first + 15) & ~15);
  const all = i32x4.splat(inputs);
  for (let n = 0; n < neurons; n += NEURONS) {
    const rows = min(NEURONS, neurons - n);
    for (let k = 0; k < inputs; k += GROUPED) {
      expandInputs(inputBits + (<usize>k >> 3), rowBytes, first, batch - 1, inputs - k, lanes);
      fillTables(lanes);
      const opens = k % COUNTED == 0;
      const closes = k % COUNTED == COUNTED - GROUPED || k + GROUPED >= inputs;
      const start = k < COUNTED;
      const at = weights + <usize>n * rowBytes + (<usize>k >> 3);
      const to = out + <usize>n * stride + (<usize>first << 2);
      if (lanes > 32) {
        countTile(at, rowBytes, rows, lanes, opens, closes, start, all, to, stride);
      } else {
        countLanes(at, rowBytes, rows, 0, opens, closes, start, all, to, stride);
        if (lanes > 16) {
          countLanes(at, rowBytes, rows, 16, opens, closes, start, all, to + 64, stride);
        }
      }
    }
  }
}
