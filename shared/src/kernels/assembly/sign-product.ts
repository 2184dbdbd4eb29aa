import { bitRowBytes, laneStride, scratch } from './memory';

// A tile is 16 lanes (64 bytes). A group is 6 terms; its table has 64 entries of one tile (4 KiB),
// each the sum of an entry of two tables of 8. Four groups, 24 terms or three bytes of bits, are
// walked together: their tables are 16 KiB and stay in the first-level cache.
const TILE: usize = 64;
const TABLE: usize = 64 * TILE;
const HALVES: usize = 4 * TABLE;
const TERMS: usize = HALVES + 16 * TILE;
export const TABLE_BYTES: usize = TERMS + 6 * TILE;

/** The 6 × 16 values of a group, absent terms and lanes 0. */
function loadTerms(
  terms: usize,
  f: usize,
  termStride: usize,
  laneApart: usize,
  term: i32,
  left: i32,
  lanes: i32,
): void {
  memory.fill(terms, 0, 6 * TILE);
  const count = min(6, left);
  for (let s = 0; s < count; s++) {
    let from = f + (<usize>(term + s) * termStride);
    let to = terms + <usize>s * TILE;
    for (let v = 0; v < lanes; v++) {
      store<f32>(to, load<f32>(from));
      from += laneApart;
      to += 4;
    }
  }
}

/** half[p] = (±t₀ + ±t₁) + ±t₂ for the eight patterns p. */
// @ts-ignore: decorator
@inline
function fillHalf(half: usize, terms: usize, vector: usize): void {
  const t0 = v128.load(terms + vector);
  const t1 = v128.load(terms + vector + TILE);
  const t2 = v128.load(terms + vector + 2 * TILE);
  const n0 = f32x4.neg(t0);
  const n1 = f32x4.neg(t1);
  const n2 = f32x4.neg(t2);
  const nn = f32x4.add(n0, n1);
  const pn = f32x4.add(t0, n1);
  const np = f32x4.add(n0, t1);
  const pp = f32x4.add(t0, t1);
  const at = half + vector;
  v128.store(at, f32x4.add(nn, n2));
  v128.store(at + TILE, f32x4.add(pn, n2));
  v128.store(at + 2 * TILE, f32x4.add(np, n2));
  v128.store(at + 3 * TILE, f32x4.add(pp, n2));
  v128.store(at + 4 * TILE, f32x4.add(nn, t2));
  v128.store(at + 5 * TILE, f32x4.add(pn, t2));
  v128.store(at + 6 * TILE, f32x4.add(np, t2));
  v128.store(at + 7 * TILE, f32x4.add(pp, t2));
}

function fillTable(table: usize, halves: usize, terms: usize): void {
  for (let vector: usize = 0; vector < TILE; vector += 16) {
    fillHalf(halves, terms, vector);
    fillHalf(halves + 8 * TILE, terms + 3 * TILE, vector);
  }
  let to = table;
  for (let h: usize = 0; h < 8; h++) {
    const high = halves + (8 + h) * TILE;
    const h0 = v128.load(high);
    const h1 = v128.load(high, 16);
    const h2 = v128.load(high, 32);
    const h3 = v128.load(high, 48);
    for (let l: usize = 0; l < 8; l++) {
      const low = halves + l * TILE;
      v128.store(to, f32x4.add(v128.load(low), h0));
      v128.store(to, f32x4.add(v128.load(low, 16), h1), 16);
      v128.store(to, f32x4.add(v128.load(low, 32), h2), 32);
      v128.store(to, f32x4.add(v128.load(low, 48), h3), 48);
      to += TILE;
    }
  }
}

/**
 * One tile of a sign × float product for all rows: 16 lanes of out, rows `outStride` bytes apart.
 * @param tables scratch of TABLE_BYTES
 */
export function signProductTile(
  bits: usize,
  rows: i32,
  terms: i32,
  f: usize,
  termStride: usize,
  laneApart: usize,
  lanes: i32,
  out: usize,
  outStride: usize,
  tables: usize,
): void {
  const rowBytes = bitRowBytes(terms);
  for (let start = 0; start < terms; start += 24) {
    const groups = min(4, (terms - start + 5) / 6);
    for (let g = 0; g < 4; g++) {
      const table = tables + <usize>g * TABLE;
      if (g >= groups) continue;
      const term = start + 6 * g;
      loadTerms(tables + TERMS, f, termStride, laneApart, term, terms - term, lanes);
      fillTable(table, tables + HALVES, tables + TERMS);
    }
    let at = bits + <usize>(start >> 3);
    let to = out;
    for (let r = 0; r < rows; r++) {
      const word = load<u32>(at);
      let s0: v128;
      let s1: v128;
      let s2: v128;
      let s3: v128;
      if (start == 0) {
        s0 = s1 = s2 = s3 = f32x4.splat(0);
      } else {
        s0 = v128.load(to);
        s1 = v128.load(to, 16);
        s2 = v128.load(to, 32);
        s3 = v128.load(to, 48);
      }
      const e0 = tables + ((word & 63) << 6);
      s0 = f32x4.add(s0, v128.load(e0));
      s1 = f32x4.add(s1, v128.load(e0, 16));
      s2 = f32x4.add(s2, v128.load(e0, 32));
      s3 = f32x4.add(s3, v128.load(e0, 48));
      if (groups > 1) {
        const e1 = tables + TABLE + (((word >> 6) & 63) << 6);
        s0 = f32x4.add(s0, v128.load(e1));
        s1 = f32x4.add(s1, v128.load(e1, 16));
        s2 = f32x4.add(s2, v128.load(e1, 32));
        s3 = f32x4.add(s3, v128.load(e1, 48));
      }
      if (groups > 2) {
        const e2 = tables + 2 * TABLE + (((word >> 12) & 63) << 6);
        s0 = f32x4.add(s0, v128.load(e2));
        s1 = f32x4.add(s1, v128.load(e2, 16));
        s2 = f32x4.add(s2, v128.load(e2, 32));
        s3 = f32x4.add(s3, v128.load(e2, 48));
      }
      if (groups > 3) {
        const e3 = tables + 3 * TABLE + (((word >> 18) & 63) << 6);
        s0 = f32x4.add(s0, v128.load(e3));
        s1 = f32x4.add(s1, v128.load(e3, 16));
        s2 = f32x4.add(s2, v128.load(e3, 32));
        s3 = f32x4.add(s3, v128.load(e3, 48));
      }
      v128.store(to, s0);
      v128.store(to, s1, 16);
      v128.store(to, s2, 32);
      v128.store(to, s3, 48);
      at += rowBytes;
      to += outStride;
    }
  }
}

/** out[r][v] = Σ_s ±f[s][v]; strides in elements. */
export function signProduct(
  bits: usize,
  rows: i32,
  terms: i32,
  f: usize,
  termStride: i32,
  laneApart: i32,
  lanes: i32,
  out: usize,
): void {
  const tables = scratch(TABLE_BYTES);
  const outStride = laneStride(lanes) << 2;
  for (let v = 0; v < lanes; v += 16) {
    signProductTile(
      bits,
      rows,
      terms,
      f + ((<usize>v * <usize>laneApart) << 2),
      <usize>termStride << 2,
      <usize>laneApart << 2,
      min(16, lanes - v),
      out + (<usize>v << 2),
      outStride,
      tables,
    );
  }
}
