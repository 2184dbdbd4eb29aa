import { bitRowBytes, laneStride } from './memory';

/**
 * out[n][b] = inputs − 2·popcount(w[n] ⊕ x[b]): a tile of 2 neurons × 2 samples keeps four counts in
 * registers and loads each word once.
 */
export function xnorProduct(
  weights: usize,
  inputBits: usize,
  neurons: i32,
  batch: i32,
  inputs: i32,
  out: usize,
): void {
  const rowBytes = bitRowBytes(inputs);
  // The last word of a row is padding where no more than half of its 128 bits are used.
  const usedBytes = <usize>(((inputs + 63) >> 6) << 3);
  const stride = laneStride(batch) << 2;
  for (let n = 0; n < neurons; n += 2) {
    const w0 = weights + <usize>n * rowBytes;
    const pairN = n + 1 < neurons;
    const w1 = pairN ? w0 + rowBytes : w0;
    const o0 = out + <usize>n * stride;
    for (let b = 0; b < batch; b += 2) {
      const x0 = inputBits + <usize>b * rowBytes;
      const pairB = b + 1 < batch;
      const x1 = pairB ? x0 + rowBytes : x0;
      let c00: i64 = 0;
      let c01: i64 = 0;
      let c10: i64 = 0;
      let c11: i64 = 0;
      for (let i: usize = 0; i < usedBytes; i += 8) {
        const a0 = load<u64>(w0 + i);
        const a1 = load<u64>(w1 + i);
        const b0 = load<u64>(x0 + i);
        const b1 = load<u64>(x1 + i);
        c00 += popcnt<i64>(a0 ^ b0);
        c01 += popcnt<i64>(a0 ^ b1);
        c10 += popcnt<i64>(a1 ^ b0);
        c11 += popcnt<i64>(a1 ^ b1);
      }
      const at = o0 + ((<usize>b) << 2);
      store<i32>(at, inputs - 2 * <i32>c00);
      if (pairB) store<i32>(at + 4, inputs - 2 * <i32>c01);
      if (pairN) {
        store<i32>(at + stride, inputs - 2 * <i32>c10);
        if (pairB) store<i32>(at + stride + 4, inputs - 2 * <i32>c11);
      }
    }
  }
}
