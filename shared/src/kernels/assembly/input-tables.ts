import { SCRATCH } from './memory';

// A tile is up to 64 samples, a byte each. A group is 6 inputs; its table has 64 entries of a tile:
// entry p counts, for each sample, the inputs of the group in which it differs from pattern p. The
// six bits of a neuron then choose an entry to add: 384 products for at most 4 vector additions.
// Four groups, 24 inputs or three bytes of bits, are walked together: their tables are 16 KiB and
// stay in the first-level cache.

// @ts-ignore: decorator
@inline
export const TILE: usize = 64;
// @ts-ignore: decorator
@inline
export const TABLE: usize = 64 * TILE;
// @ts-ignore: decorator
@inline
export const GROUPED: i32 = 24;
// @ts-ignore: decorator
@inline
export const TABLES: usize = SCRATCH;
/** [24][64] bytes: the input bit, 0 or 1. */
// @ts-ignore: decorator
@inline
const BITS: usize = TABLES + 4 * TABLE;
/** [24][64] bytes: what setting the pattern's bit adds to the count, +1 or −1; 0 if absent. */
// @ts-ignore: decorator
@inline
const CHANGES: usize = BITS + 24 * TILE;
/** First address past what this file uses. */
// @ts-ignore: decorator
@inline
export const TABLES_END: usize = CHANGES + 24 * TILE;

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

/**
 * Makes the tables of 24 inputs for a tile of samples.
 * @param x the first of the inputs in the row of sample 0; `left` inputs of it are there
 * @param first first sample of the tile, of `batch`
 * @param lanes samples of the tile, rounded up to 16
 */
export function makeTables(
  x: usize,
  rowBytes: usize,
  first: i32,
  batch: i32,
  left: i32,
  lanes: i32,
): void {
  expandInputs(x, rowBytes, first, batch - 1, left, lanes);
  fillTables(lanes);
}
