import { SCRATCH } from './memory';

// A tile is 16 lanes of f32 (64 bytes). A group is 6 terms; its table has 64 entries of a tile, the
// sums of the group's terms under the 64 patterns of signs, added in the order of ../reference.ts.
// Four groups, 24 terms or three bytes of bits, are walked together: their tables are 16 KiB and
// stay in the first-level cache.

// @ts-ignore: decorator
@inline
export const TILE: usize = 64;
// @ts-ignore: decorator
@inline
export const TABLE: usize = 64 * TILE;
/** Terms whose tables are made at a time. */
// @ts-ignore: decorator
@inline
export const GROUPED: i32 = 24;

// @ts-ignore: decorator
@inline
export const TABLES: usize = SCRATCH;
/** [24][16] f32: the terms. */
// @ts-ignore: decorator
@inline
const TERMS: usize = TABLES + 4 * TABLE;
/** First address past what this file uses. */
// @ts-ignore: decorator
@inline
export const TABLES_END: usize = TERMS + 24 * TILE;

/** Four terms of four lanes, from lane-major to term-major. */
// @ts-ignore: decorator
@inline
function transposeFour(from: usize, laneApart: usize, to: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + laneApart);
  const c = v128.load(from + 2 * laneApart);
  const d = v128.load(from + 3 * laneApart);
  const ab = i32x4.shuffle(a, b, 0, 4, 1, 5);
  const cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
  v128.store(to, i64x2.shuffle(ab, cd, 0, 2), TERMS);
  v128.store(to, i64x2.shuffle(ab, cd, 1, 3), TERMS + TILE);
  const AB = i32x4.shuffle(a, b, 2, 6, 3, 7);
  const CD = i32x4.shuffle(c, d, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(AB, CD, 0, 2), TERMS + 2 * TILE);
  v128.store(to, i64x2.shuffle(AB, CD, 1, 3), TERMS + 3 * TILE);
}

/** Loads up to 24 terms of up to 16 lanes; absent terms and lanes are 0. Strides in bytes. */
function loadTerms(f: usize, termApart: usize, laneApart: usize, left: i32, lanes: i32): void {
  const terms = <usize>min(GROUPED, left);
  if (laneApart == 4 && lanes == 16) {
    for (let s: usize = 0; s < terms; s++) {
      const from = f + s * termApart;
      const to = s * TILE;
      v128.store(to, v128.load(from), TERMS);
      v128.store(to, v128.load(from, 16), TERMS + 16);
      v128.store(to, v128.load(from, 32), TERMS + 32);
      v128.store(to, v128.load(from, 48), TERMS + 48);
    }
  } else if (termApart == 4 && lanes == 16) {
    for (let s: usize = 0; s < terms; s += 4) {
      for (let v: usize = 0; v < 16; v += 4) {
        transposeFour(f + 4 * s + v * laneApart, laneApart, s * TILE + 4 * v);
      }
    }
  } else {
    memory.fill(TERMS, 0, 24 * TILE);
    for (let s: usize = 0; s < terms; s++) {
      for (let v: usize = 0; v < <usize>lanes; v++) {
        store<f32>(TERMS + s * TILE + 4 * v, load<f32>(f + s * termApart + v * laneApart));
      }
    }
  }
  if (terms < 24) memory.fill(TERMS + terms * TILE, 0, (24 - terms) * TILE);
}

/** Eight entries: the sums of the three low terms, plus that of the high terms. */
// @ts-ignore: decorator
@inline
function storeEight(
  to: usize,
  high: v128,
  a0: v128,
  a1: v128,
  a2: v128,
  a3: v128,
  a4: v128,
  a5: v128,
  a6: v128,
  a7: v128,
): void {
  v128.store(to, f32x4.add(a0, high), TABLES);
  v128.store(to, f32x4.add(a1, high), TABLES + TILE);
  v128.store(to, f32x4.add(a2, high), TABLES + 2 * TILE);
  v128.store(to, f32x4.add(a3, high), TABLES + 3 * TILE);
  v128.store(to, f32x4.add(a4, high), TABLES + 4 * TILE);
  v128.store(to, f32x4.add(a5, high), TABLES + 5 * TILE);
  v128.store(to, f32x4.add(a6, high), TABLES + 6 * TILE);
  v128.store(to, f32x4.add(a7, high), TABLES + 7 * TILE);
}

/** Makes the tables of up to four groups. `f` is the first term of lane 0; strides in bytes. */
export function fillTables(
  f: usize,
  termApart: usize,
  laneApart: usize,
  left: i32,
  lanes: i32,
  groups: usize,
): void {
  loadTerms(f, termApart, laneApart, left, lanes);
  for (let g: usize = 0; g < groups; g++) {
    for (let v: usize = 0; v < TILE; v += 16) {
      const at = g * 6 * TILE + v;
      let t0 = v128.load(at, TERMS);
      let t1 = v128.load(at, TERMS + TILE);
      let t2 = v128.load(at, TERMS + 2 * TILE);
      let pp = f32x4.add(t0, t1);
      let pn = f32x4.sub(t0, t1);
      // Rounding is symmetric: −(t₀ + t₁) is (−t₀) + (−t₁), and likewise below.
      const a0 = f32x4.neg(f32x4.add(pp, t2));
      const a1 = f32x4.sub(pn, t2);
      const a2 = f32x4.neg(f32x4.add(pn, t2));
      const a3 = f32x4.sub(pp, t2);
      const a4 = f32x4.neg(a3);
      const a5 = f32x4.neg(a2);
      const a6 = f32x4.neg(a1);
      const a7 = f32x4.neg(a0);
      t0 = v128.load(at, TERMS + 3 * TILE);
      t1 = v128.load(at, TERMS + 4 * TILE);
      t2 = v128.load(at, TERMS + 5 * TILE);
      pp = f32x4.add(t0, t1);
      pn = f32x4.sub(t0, t1);
      const h3 = f32x4.sub(pp, t2);
      const h5 = f32x4.add(pn, t2);
      const h6 = f32x4.sub(t2, pn);
      const h7 = f32x4.add(pp, t2);
      const to = g * TABLE + v;
      storeEight(to, f32x4.neg(h7), a0, a1, a2, a3, a4, a5, a6, a7);
      storeEight(to + 8 * TILE, f32x4.neg(h6), a0, a1, a2, a3, a4, a5, a6, a7);
      storeEight(to + 16 * TILE, f32x4.neg(h5), a0, a1, a2, a3, a4, a5, a6, a7);
      storeEight(to + 24 * TILE, h3, a0, a1, a2, a3, a4, a5, a6, a7);
      storeEight(to + 32 * TILE, f32x4.neg(h3), a0, a1, a2, a3, a4, a5, a6, a7);
      storeEight(to + 40 * TILE, h5, a0, a1, a2, a3, a4, a5, a6, a7);
      storeEight(to + 48 * TILE, h6, a0, a1, a2, a3, a4, a5, a6, a7);
      storeEight(to + 56 * TILE, h7, a0, a1, a2, a3, a4, a5, a6, a7);
    }
  }
}
