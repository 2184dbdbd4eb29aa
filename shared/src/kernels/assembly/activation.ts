import { BLOCK, maskBits, storeColumns } from './bits';
import { bitRowBytes, laneRowBytes } from './memory';

/** The signs of up to 128 samples of one neuron: one row of a block. */
// @ts-ignore: decorator
@inline
function activateRow(z: usize, limit: v128, left: i32, row: usize): void {
  v128.store(row, i8x16.splat(0));
  for (let b = 0; b < min(128, left); b += 16) {
    const at = z + (<usize>b << 2);
    const signs = maskBits(
      i32x4.ge_s(v128.load(at), limit),
      i32x4.ge_s(v128.load(at, 16), limit),
      i32x4.ge_s(v128.load(at, 32), limit),
      i32x4.ge_s(v128.load(at, 48), limit),
    );
    store<u16>(row + (<usize>b >> 3), <u16>signs);
  }
}

/** bits[b][n] = z[n][b] ≥ threshold[n]: blocks of 16 neurons × 128 samples, each transposed. */
export function activate(z: usize, thresholds: usize, neurons: i32, batch: i32, bits: usize): void {
  const stride = laneRowBytes(batch);
  const rowBytes = bitRowBytes(neurons);
  memory.fill(bits, 0, <usize>batch * rowBytes);
  for (let n = 0; n < neurons; n += 16) {
    for (let b = 0; b < batch; b += 128) {
      for (let i = 0; i < 16; i++) {
        const row = BLOCK + (<usize>i << 4);
        if (n + i >= neurons) {
          v128.store(row, i8x16.splat(0));
          continue;
        }
        const limit = thresholds == 0 ? 0 : load<i32>(thresholds + (<usize>(n + i) << 2));
        const from = z + <usize>(n + i) * stride + (<usize>b << 2);
        activateRow(from, i32x4.splat(limit), batch - b, row);
      }
      storeColumns(bits + <usize>b * rowBytes + (<usize>n >> 3), rowBytes, min(128, batch - b));
    }
  }
}

// @ts-ignore: decorator
@inline
function maskLanes(z: usize, top: v128, factor: v128, gradient: usize): void {
  const outside = i32x4.gt_s(i32x4.abs(v128.load(z)), top);
  v128.store(gradient, v128.andnot(f32x4.mul(v128.load(gradient), factor), outside));
}

/** gradient ← |z| ≤ limit ? gradient · scale : 0, padding lanes alike. */
export function maskGradient(
  z: usize,
  limit: i32,
  scale: f32,
  neurons: i32,
  batch: i32,
  gradient: usize,
): void {
  const end = <usize>neurons * laneRowBytes(batch);
  const top = i32x4.splat(limit);
  const factor = f32x4.splat(scale);
  for (let i: usize = 0; i < end; i += 64) {
    maskLanes(z + i, top, factor, gradient + i);
    maskLanes(z + i + 16, top, factor, gradient + i + 16);
    maskLanes(z + i + 32, top, factor, gradient + i + 32);
    maskLanes(z + i + 48, top, factor, gradient + i + 48);
  }
}
