import { GROUPED, makeTables, TABLE, TABLES, TABLES_END, TILE } from './input-tables';
import { bitRowBytes, laneRowBytes } from './memory';

/** Inputs after which byte counts are added to `out`: ten times 24 is below 256. */
// @ts-ignore: decorator
@inline
const COUNTED: i32 = 240;
/** Neurons that share the tables before they are made again: their counts fill 64 KiB. */
// @ts-ignore: decorator
@inline
const NEURONS: i32 = 1024;

/** [1024][64] bytes. */
// @ts-ignore: decorator
@inline
const COUNTS: usize = TABLES_END;

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
      makeTables(inputBits + (<usize>k >> 3), rowBytes, first, batch, inputs - k, lanes);
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
