import { bitRowBytes, laneRowBytes } from './memory';

// Around the products of a 3×3 convolution: neighborhoods of bits, the sum of their gradients, and
// max-pooling. `../reference-convolution.ts` is the specification.

/**
 * Copies `count` bits from bit `from` of `src` into clear bits from bit `to` of `dst` on. Up to
 * seven bytes past the last bit are read, and written as they were.
 */
// @ts-ignore: decorator
@inline
function copyBits(src: usize, from: usize, dst: usize, to: usize, count: i32): void {
  // 56 bits and a shift of at most 7 fill a word of 64.
  for (; count > 0; count -= 56) {
    const word = load<u64>(src + (from >> 3)) >> (from & 7);
    const kept = word & ((<u64>1 << min(56, count)) - 1);
    const at = dst + (to >> 3);
    store<u64>(at, load<u64>(at) | (kept << (to & 7)));
    from += 56;
    to += 56;
  }
}

/** out[pixel][9·channels]: the three neighbors of a row stand side by side in the flat map. */
export function unfold(
  map: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  out: usize,
): void {
  const sampleBytes = bitRowBytes(height * width * channels);
  const rowBytes = bitRowBytes(9 * channels);
  memory.fill(out, 0, <usize>(batch * height * width) * rowBytes);
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < height; y++) {
      const top = max(0, y - 1);
      const bottom = min(height - 1, y + 1);
      for (let x = 0; x < width; x++) {
        const left = max(0, x - 1);
        const count = (min(width - 1, x + 1) - left + 1) * channels;
        for (let row = top; row <= bottom; row++) {
          const tap = 3 * (row - y + 1) + (left - x + 1);
          copyBits(map, (row * width + left) * channels, out, tap * channels, count);
        }
        out += rowBytes;
      }
    }
    map += sampleBytes;
  }
}

/** to[i] += from[i]. */
// @ts-ignore: decorator
@inline
function addRun(to: usize, from: usize, count: i32): void {
  let left = count;
  for (; left >= 4; left -= 4) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    to += 16;
    from += 16;
  }
  for (; left > 0; left--) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    to += 4;
    from += 4;
  }
}

/** Adds one tap's gradients of one sample to the pixels that they are of. */
function foldTap(from: usize, tap: i32, height: i32, width: i32, to: usize): void {
  const down = tap / 3 - 1;
  const right = (tap % 3) - 1;
  const first = max(0, right);
  const count = width - abs(right);
  const end = min(height, height + down);
  for (let y = max(0, down); y < end; y++) {
    const at = y * width + first;
    addRun(to + (<usize>at << 2), from + (<usize>(at - down * width - right) << 2), count);
  }
}

/** out[c][pixel]: sample by sample, whose pixels stay in the first-level cache. */
export function fold(
  gradient: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  out: usize,
): void {
  const stride = laneRowBytes(batch * height * width);
  const sampleBytes = <usize>(height * width) << 2;
  for (let c = 0; c < channels; c++) {
    for (let b = 0; b < batch; b++) {
      const sample = <usize>b * sampleBytes;
      const to = out + <usize>c * stride + sample;
      memory.fill(to, 0, sampleBytes);
      for (let tap = 0; tap < 9; tap++) {
        const from = gradient + <usize>(tap * channels + c) * stride + sample;
        foldTap(from, tap, height, width, to);
      }
    }
  }
}

/** One pool, whose pixels are at `upper` and `lower`. */
// @ts-ignore: decorator
@inline
function poolOne(upper: usize, lower: usize, offset: i32, out: usize, winners: usize): void {
  let best = load<i32>(upper);
  let winner = 0;
  for (let place = 1; place < 4; place++) {
    const value = load<i32>((place < 2 ? upper : lower) + <usize>((place & 1) << 2));
    if (value > best) {
      best = value;
      winner = place;
    }
  }
  store<i32>(out, best - offset);
  store<u8>(winners, <u8>winner);
}

/** Four pools side by side. */
// @ts-ignore: decorator
@inline
function poolFour(upper: usize, lower: usize, offset: v128, out: usize, winners: usize): void {
  const a = v128.load(upper);
  const b = v128.load(upper, 16);
  const c = v128.load(lower);
  const d = v128.load(lower, 16);
  let best = i32x4.shuffle(a, b, 0, 2, 4, 6);
  let value = i32x4.shuffle(a, b, 1, 3, 5, 7);
  let larger = i32x4.gt_s(value, best);
  let winner = v128.and(larger, i32x4.splat(1));
  best = i32x4.max_s(best, value);
  value = i32x4.shuffle(c, d, 0, 2, 4, 6);
  larger = i32x4.gt_s(value, best);
  winner = v128.bitselect(i32x4.splat(2), winner, larger);
  best = i32x4.max_s(best, value);
  value = i32x4.shuffle(c, d, 1, 3, 5, 7);
  larger = i32x4.gt_s(value, best);
  winner = v128.bitselect(i32x4.splat(3), winner, larger);
  best = i32x4.max_s(best, value);
  v128.store(out, i32x4.sub(best, offset));
  const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(winner, winner), winner);
  v128.store_lane<u32>(winners, bytes, 0);
}

/** Pools a pair of rows of one feature. */
// @ts-ignore: decorator
@inline
function poolRows(
  upper: usize,
  lower: usize,
  offset: i32,
  count: i32,
  out: usize,
  winners: usize,
): void {
  const offsets = i32x4.splat(offset);
  let i: usize = 0;
  for (; <i32>i + 4 <= count; i += 4) {
    poolFour(upper + (i << 3), lower + (i << 3), offsets, out + (i << 2), winners + i);
  }
  for (; <i32>i < count; i++) {
    poolOne(upper + (i << 3), lower + (i << 3), offset, out + (i << 2), winners + i);
  }
}

/** The largest of each 2×2 pixels, less `offset`, and which it was. */
export function maxPool(
  z: usize,
  offset: i32,
  features: i32,
  batch: i32,
  height: i32,
  width: i32,
  out: usize,
  winners: usize,
): void {
  const rows = height >> 1;
  const columns = width >> 1;
  const rowBytes = <usize>width << 2;
  const from = laneRowBytes(batch * height * width);
  const to = laneRowBytes(batch * rows * columns);
  for (let n = 0; n < features; n++) {
    let pooled: usize = 0;
    for (let b = 0; b < batch; b++) {
      let upper = z + <usize>n * from + <usize>(b * height) * rowBytes;
      for (let y = 0; y < rows; y++) {
        const at = <usize>n * to + pooled;
        poolRows(upper, upper + rowBytes, offset, columns, out + at, winners + (at >> 2));
        upper += 2 * rowBytes;
        pooled += <usize>columns << 2;
      }
    }
  }
}

/** The gradient goes to the winner of each 2×2 pixels. */
export function maxPoolGradient(
  gradient: usize,
  winners: usize,
  features: i32,
  batch: i32,
  height: i32,
  width: i32,
  out: usize,
): void {
  const rows = height >> 1;
  const columns = width >> 1;
  const rowBytes = <usize>width << 2;
  const from = laneRowBytes(batch * rows * columns);
  const to = laneRowBytes(batch * height * width);
  memory.fill(out, 0, <usize>features * to);
  for (let n = 0; n < features; n++) {
    let at = <usize>n * from;
    for (let b = 0; b < batch; b++) {
      let corner = out + <usize>n * to + <usize>(b * height) * rowBytes;
      for (let y = 0; y < rows; y++) {
        for (let x = 0; x < columns; x++) {
          const winner = <usize>load<u8>(winners + (at >> 2));
          const place = (winner >> 1) * rowBytes + ((winner & 1) << 2);
          store<f32>(corner + (<usize>x << 3) + place, load<f32>(gradient + at));
          at += 4;
        }
        corner += 2 * rowBytes;
      }
    }
  }
}

/** The same bits in rows of another length. */
export function reshapeBits(src: usize, rows: i32, cols: i32, dst: usize, newCols: i32): void {
  const from = bitRowBytes(cols);
  const to = bitRowBytes(newCols);
  memory.fill(dst, 0, (<usize>rows * <usize>cols) / <usize>newCols * to);
  let filled = 0;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; ) {
      const count = min(cols - c, newCols - filled);
      copyBits(src, c, dst, filled, count);
      c += count;
      filled += count;
      if (filled == newCols) {
        filled = 0;
        dst += to;
      }
    }
    src += from;
  }
}

/** out[c][b·pixels + p] = gradient[p·channels + c][b]. */
export function unflattenGradient(
  gradient: usize,
  batch: i32,
  pixels: i32,
  channels: i32,
  out: usize,
): void {
  const from = laneRowBytes(batch);
  const to = laneRowBytes(batch * pixels);
  for (let p = 0; p < pixels; p++) {
    for (let c = 0; c < channels; c++) {
      const row = gradient + <usize>(p * channels + c) * from;
      let at = out + <usize>c * to + (<usize>p << 2);
      for (let b: usize = 0; b < <usize>batch; b++) {
        store<f32>(at, load<f32>(row + (b << 2)));
        at += <usize>pixels << 2;
      }
    }
  }
}
