import { bitRowBytes } from './memory';

/** bits[r][c] = src[r][c] ≥ 0 for f32. */
export function packSigns(src: usize, rows: i32, cols: i32, stride: i32, bits: usize): void {
  const rowBytes = bitRowBytes(cols);
  memory.fill(bits, 0, <usize>rows * rowBytes);
  for (let r = 0; r < rows; r++) {
    const from = src + ((<usize>r * <usize>stride) << 2);
    const to = bits + <usize>r * rowBytes;
    for (let c = 0; c < cols; c++) {
      if (load<f32>(from + ((<usize>c) << 2)) >= 0) {
        const at = to + (<usize>c >> 3);
        store<u8>(at, <u8>(<u32>load<u8>(at) | (1 << (c & 7))));
      }
    }
  }
}

/**
 * Sixteen bytes, one a row, are eight columns of sixteen bits: `bitmask` collects the top bits, so
 * each column is one shift and one bitmask.
 */
export function transposeBits(src: usize, rows: i32, cols: i32, dst: usize): void {
  const from = bitRowBytes(cols);
  const to = bitRowBytes(rows);
  memory.fill(dst, 0, <usize>cols * to);
  for (let r = 0; r < rows; r += 16) {
    const left = min(16, rows - r);
    for (let c = 0; c < cols; c += 8) {
      const at = src + <usize>r * from + (<usize>c >> 3);
      let bytes = i8x16.splat(0);
      if (left == 16) {
        bytes = v128.load_lane<u8>(at, bytes, 0);
        bytes = v128.load_lane<u8>(at + from, bytes, 1);
        bytes = v128.load_lane<u8>(at + from * 2, bytes, 2);
        bytes = v128.load_lane<u8>(at + from * 3, bytes, 3);
        bytes = v128.load_lane<u8>(at + from * 4, bytes, 4);
        bytes = v128.load_lane<u8>(at + from * 5, bytes, 5);
        bytes = v128.load_lane<u8>(at + from * 6, bytes, 6);
        bytes = v128.load_lane<u8>(at + from * 7, bytes, 7);
        bytes = v128.load_lane<u8>(at + from * 8, bytes, 8);
        bytes = v128.load_lane<u8>(at + from * 9, bytes, 9);
        bytes = v128.load_lane<u8>(at + from * 10, bytes, 10);
        bytes = v128.load_lane<u8>(at + from * 11, bytes, 11);
        bytes = v128.load_lane<u8>(at + from * 12, bytes, 12);
        bytes = v128.load_lane<u8>(at + from * 13, bytes, 13);
        bytes = v128.load_lane<u8>(at + from * 14, bytes, 14);
        bytes = v128.load_lane<u8>(at + from * 15, bytes, 15);
      } else {
        let low: u64 = 0;
        let high: u64 = 0;
        for (let i = 0; i < left; i++) {
          const byte = <u64>load<u8>(at + <usize>i * from);
          if (i < 8) low |= byte << (i << 3);
          else high |= byte << ((i - 8) << 3);
        }
        bytes = i64x2.replace_lane(i64x2.splat(low), 1, high);
      }
      const columns = min(8, cols - c);
      let out = dst + <usize>c * to + (<usize>r >> 3);
      for (let j = 0; j < columns; j++) {
        store<u16>(out, <u16>i8x16.bitmask(i8x16.shl(bytes, 7 - j)));
        out += to;
      }
    }
  }
}
