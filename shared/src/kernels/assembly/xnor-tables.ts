import { GROUPED, makeTables, TABLE, TABLES, TABLES_END, TILE } from './input-tables';
import { bitRowBytes, laneRowBytes } from './memory';
import { countSample } from './xnor-bytes';

/** Inputs after which byte counts are added to `out`: ten times 24 is below 256. */
// @ts-ignore: decorator
@inline
const COUNTED: i32 = 240;
/** Neurons that share the tables before they are made again. */
// @ts-ignore: decorator
@inline
const NEURONS: i32 = 1024;

/** [NEURONS][64] bytes: differing inputs of the last few groups. */
// @ts-ignore: decorator
@inline
const COUNTS: usize = TABLES_END;
/**
 * [NEURONS][64] i32: the products so far. Rows of `out` may lie a multiple of 4 KiB apart, where
 * they push each other out of the cache: each is written once, at the end.
 */
// @ts-ignore: decorator
@inline
const SUMS: usize = COUNTS + NEURONS * TILE;
// @ts-ignore: decorator
@inline
const SUMS_ROW: usize = 4 * TILE;

/** to ← (first ? inputs : from) − 2 · counts, for 16 samples. */
// @ts-ignore: decorator
@inline
function subtractCounts(from: usize, to: usize, counts: v128, first: bool, inputs: v128): void {
  const low = i16x8.shl(i16x8.extend_low_i8x16_u(counts), 1);
  const high = i16x8.shl(i16x8.extend_high_i8x16_u(counts), 1);
  const o0 = first ? inputs : v128.load(from);
  const o1 = first ? inputs : v128.load(from, 16);
  const o2 = first ? inputs : v128.load(from, 32);
  const o3 = first ? inputs : v128.load(from, 48);
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
  to: usize,
  toRow: usize,
): void {
  const zero = i8x16.splat(0);
  let from = SUMS;
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
      subtractCounts(from, to, c0, first, inputs);
      subtractCounts(from + 64, to + 64, c1, first, inputs);
      subtractCounts(from + 128, to + 128, c2, first, inputs);
      if (lanes > 48) subtractCounts(from + 192, to + 192, c3, first, inputs);
      from += SUMS_ROW;
      to += toRow;
    } else {
      v128.store(counts, c0, COUNTS);
      v128.store(counts, c1, COUNTS + 16);
      v128.store(counts, c2, COUNTS + 32);
      v128.store(counts, c3, COUNTS + 48);
    }
  }
}

/** As countTile for the first 32 samples of the tile. */
function countHalf(
  at: usize,
  rowBytes: usize,
  rows: i32,
  lanes: i32,
  opens: bool,
  closes: bool,
  first: bool,
  inputs: v128,
  to: usize,
  toRow: usize,
): void {
  const zero = i8x16.splat(0);
  let from = SUMS;
  const end = <usize>rows * TILE;
  for (let counts: usize = 0; counts < end; counts += TILE) {
    const word = load<u32>(at);
    at += rowBytes;
    let c0 = opens ? zero : v128.load(counts, COUNTS);
    let c1 = opens ? zero : v128.load(counts, COUNTS + 16);
    const e0 = (word << 6) & 0xfc0;
    c0 = i8x16.add(c0, v128.load(e0, TABLES));
    c1 = i8x16.add(c1, v128.load(e0, TABLES + 16));
    const e1 = word & 0xfc0;
    c0 = i8x16.add(c0, v128.load(e1, TABLES + TABLE));
    c1 = i8x16.add(c1, v128.load(e1, TABLES + TABLE + 16));
    const e2 = (word >> 6) & 0xfc0;
    c0 = i8x16.add(c0, v128.load(e2, TABLES + 2 * TABLE));
    c1 = i8x16.add(c1, v128.load(e2, TABLES + 2 * TABLE + 16));
    const e3 = (word >> 12) & 0xfc0;
    c0 = i8x16.add(c0, v128.load(e3, TABLES + 3 * TABLE));
    c1 = i8x16.add(c1, v128.load(e3, TABLES + 3 * TABLE + 16));
    if (closes) {
      subtractCounts(from, to, c0, first, inputs);
      if (lanes > 16) subtractCounts(from + 64, to + 64, c1, first, inputs);
      from += SUMS_ROW;
      to += toRow;
    } else {
      v128.store(counts, c0, COUNTS);
      v128.store(counts, c1, COUNTS + 16);
    }
  }
}

/** The products of all neurons with the samples first … first + 63, as far as there are. */
function countTiles(
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
      makeTables(inputBits + (<usize>k >> 3), rowBytes, first, batch, inputs - k, lanes);
      const opens = k % COUNTED == 0;
      const last = k + GROUPED >= inputs;
      const closes = last || k % COUNTED == COUNTED - GROUPED;
      const start = k < COUNTED;
      const at = weights + <usize>n * rowBytes + (<usize>k >> 3);
      const to = last ? out + <usize>n * stride + (<usize>first << 2) : SUMS;
      const toRow = last ? stride : SUMS_ROW;
      if (lanes > 32) {
        countTile(at, rowBytes, rows, lanes, opens, closes, start, all, to, toRow);
      } else {
        countHalf(at, rowBytes, rows, lanes, opens, closes, start, all, to, toRow);
      }
    }
  }
}

/** Fewer samples do not fill a vector. */
// @ts-ignore: decorator
@inline
const FEWEST_SAMPLES: i32 = 12;
/** Tables cost by the input, counting by the neuron: measured, they break even about here. */
// @ts-ignore: decorator
@inline
function paysForTables(neurons: i32, inputs: i32): bool {
  return neurons >= 32 || inputs <= 10 * neurons;
}

/** The XNOR product: tiles of samples through tables, what is left over counted directly. */
export function xnorTables(
  weights: usize,
  inputBits: usize,
  neurons: i32,
  batch: i32,
  inputs: i32,
  out: usize,
): void {
  let first = 0;
  if (paysForTables(neurons, inputs)) {
    for (; batch - first >= FEWEST_SAMPLES; first += 64) {
      countTiles(weights, inputBits, neurons, batch, inputs, out, first);
    }
  }
  for (let b = first; b < batch; b++) {
    const x = inputBits + <usize>b * bitRowBytes(inputs);
    countSample(weights, x, neurons, batch, inputs, out + (<usize>b << 2));
  }
}
