import { bitRowBytes, SCRATCH } from './memory';

// A block is 16 rows of 128 bits. Its bytes are transposed first, which brings the same byte of the
// 16 rows into one vector; `bitmask` then collects one bit of each, a column of 16 bits at a time.

/** [16][16] bytes: the rows to transpose. */
// @ts-ignore: decorator
@inline
export const BLOCK: usize = SCRATCH;
// @ts-ignore: decorator
@inline
const OTHER: usize = BLOCK + 256;

/** One step of the transpose: four of these perfect shuffles of 16 vectors transpose their bytes. */
// @ts-ignore: decorator
@inline
function shuffleRows(from: usize, to: usize): void {
  for (let i: usize = 0; i < 128; i += 16) {
    const a = v128.load(from + i);
    const b = v128.load(from + i + 128);
    const low = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const high = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    v128.store(to + 2 * i, low);
    v128.store(to + 2 * i + 16, high);
  }
}

/** Column `c` of the block, 16 bits, goes to `dst + c · apart`, for c < count ≤ 128. */
export function storeColumns(dst: usize, apart: usize, count: i32): void {
  shuffleRows(BLOCK, OTHER);
  shuffleRows(OTHER, BLOCK);
  shuffleRows(BLOCK, OTHER);
  shuffleRows(OTHER, BLOCK);
  for (let c = 0; c < count; c += 8) {
    let bytes = v128.load(BLOCK + (<usize>c << 1));
    let to = dst + <usize>(c + 7) * apart;
    // Doubling a byte moves its next bit to the top: the columns come out last first.
    for (let absent = c + 8 - count; absent > 0; absent--) {
      bytes = i8x16.add(bytes, bytes);
      to -= apart;
    }
    for (const first = dst + <usize>c * apart; to >= first; to -= apart) {
      store<u16>(to, <u16>i8x16.bitmask(bytes));
      bytes = i8x16.add(bytes, bytes);
    }
  }
}

/** dst[c][r] = src[r][c]. */
export function transposeBits(src: usize, rows: i32, cols: i32, dst: usize): void {
  const from = bitRowBytes(cols);
  const to = bitRowBytes(rows);
  memory.fill(dst, 0, <usize>cols * to);
  // Rows in the inner loop: the 128 rows of dst that a block touches stay in the cache.
  for (let c = 0; c < cols; c += 128) {
    const at = src + (<usize>c >> 3);
    const columns = min(128, cols - c);
    for (let r = 0; r < rows; r += 16) {
      const present = min(16, rows - r);
      for (let i = 0; i < present; i++) {
        v128.store(BLOCK + (<usize>i << 4), v128.load(at + <usize>(r + i) * from));
      }
      if (present < 16) memory.fill(BLOCK + (<usize>present << 4), 0, <usize>(16 - present) << 4);
      storeColumns(dst + <usize>c * to + (<usize>r >> 3), to, columns);
    }
  }
}

/** The 16 lanes of four masks (0 or −1 in each i32) as 16 bits. */
// @ts-ignore: decorator
@inline
export function maskBits(m0: v128, m1: v128, m2: v128, m3: v128): i32 {
  const low = i16x8.narrow_i32x4_s(m0, m1);
  const high = i16x8.narrow_i32x4_s(m2, m3);
  return i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
}

/** bits[r][c] = src[r][c] ≥ 0 for f32. */
export function packSigns(src: usize, rows: i32, cols: i32, stride: i32, bits: usize): void {
  const rowBytes = bitRowBytes(cols);
  const zero = f32x4.splat(0);
  for (let r = 0; r < rows; r++) {
    const from = src + ((<usize>r * <usize>stride) << 2);
    const to = bits + <usize>r * rowBytes;
    for (let c = 0; c < <i32>(rowBytes << 3); c += 16) {
      const left = cols - c;
      let mask = 0;
      if (left > 0) {
        const at = from + (<usize>c << 2);
        mask = maskBits(
          f32x4.ge(v128.load(at), zero),
          f32x4.ge(v128.load(at, 16), zero),
          f32x4.ge(v128.load(at, 32), zero),
          f32x4.ge(v128.load(at, 48), zero),
        );
        if (left < 16) mask &= (1 << left) - 1;
      }
      store<u16>(to + (<usize>c >> 3), <u16>mask);
    }
  }
}
