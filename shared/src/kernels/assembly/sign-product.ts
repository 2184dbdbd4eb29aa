import { fillTables, GROUPED, TABLE, TABLES } from './float-table';
import { bitRowBytes, laneRowBytes } from './memory';

/**
 * One tile of a sign × float product: 16 lanes of out, rows `outApart` bytes apart.
 * @param bits the first row's bits; rows are `rowBytes` apart
 * @param f the first term of the first lane; strides in bytes
 */
export function signProductTile(
  bits: usize,
  rowBytes: usize,
  rows: i32,
  terms: i32,
  f: usize,
  termApart: usize,
  laneApart: usize,
  lanes: i32,
  out: usize,
  outApart: usize,
): void {
  const zero = f32x4.splat(0);
  const end = out + <usize>rows * outApart;
  for (let s = 0; s < terms; s += GROUPED) {
    const groups = <usize>min(4, (terms - s + 5) / 6);
    fillTables(f + <usize>s * termApart, termApart, laneApart, terms - s, lanes, groups);
    const first = s == 0;
    let at = bits + (<usize>s >> 3);
    for (let to = out; to < end; to += outApart) {
      // Each index is six bits of the word, times the 64 bytes of an entry.
      const word = load<u32>(at);
      at += rowBytes;
      let s0 = first ? zero : v128.load(to);
      let s1 = first ? zero : v128.load(to, 16);
      let s2 = first ? zero : v128.load(to, 32);
      let s3 = first ? zero : v128.load(to, 48);
      const e0 = (word << 6) & 0xfc0;
      s0 = f32x4.add(s0, v128.load(e0, TABLES));
      s1 = f32x4.add(s1, v128.load(e0, TABLES + 16));
      s2 = f32x4.add(s2, v128.load(e0, TABLES + 32));
      s3 = f32x4.add(s3, v128.load(e0, TABLES + 48));
      if (groups > 1) {
        const e1 = word & 0xfc0;
        s0 = f32x4.add(s0, v128.load(e1, TABLES + TABLE));
        s1 = f32x4.add(s1, v128.load(e1, TABLES + TABLE + 16));
        s2 = f32x4.add(s2, v128.load(e1, TABLES + TABLE + 32));
        s3 = f32x4.add(s3, v128.load(e1, TABLES + TABLE + 48));
      }
      if (groups > 2) {
        const e2 = (word >> 6) & 0xfc0;
        s0 = f32x4.add(s0, v128.load(e2, TABLES + 2 * TABLE));
        s1 = f32x4.add(s1, v128.load(e2, TABLES + 2 * TABLE + 16));
        s2 = f32x4.add(s2, v128.load(e2, TABLES + 2 * TABLE + 32));
        s3 = f32x4.add(s3, v128.load(e2, TABLES + 2 * TABLE + 48));
      }
      if (groups > 3) {
        const e3 = (word >> 12) & 0xfc0;
        s0 = f32x4.add(s0, v128.load(e3, TABLES + 3 * TABLE));
        s1 = f32x4.add(s1, v128.load(e3, TABLES + 3 * TABLE + 16));
        s2 = f32x4.add(s2, v128.load(e3, TABLES + 3 * TABLE + 32));
        s3 = f32x4.add(s3, v128.load(e3, TABLES + 3 * TABLE + 48));
      }
      v128.store(to, s0);
      v128.store(to, s1, 16);
      v128.store(to, s2, 32);
      v128.store(to, s3, 48);
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
  laneStride: i32,
  lanes: i32,
  out: usize,
): void {
  const rowBytes = bitRowBytes(terms);
  const termApart = <usize>termStride << 2;
  const laneApart = <usize>laneStride << 2;
  const outApart = laneRowBytes(lanes);
  for (let v = 0; v < lanes; v += 16) {
    signProductTile(
      bits,
      rowBytes,
      rows,
      terms,
      f + <usize>v * laneApart,
      termApart,
      laneApart,
      min(16, lanes - v),
      out + (<usize>v << 2),
      outApart,
    );
  }
}
