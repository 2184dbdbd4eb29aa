import { transposeBits } from './bits';
import { bitRowBytes, laneStride, scratch } from './memory';

/** Signs of a feature-major matrix, first packed by neuron, then transposed to rows of samples. */
export function activate(z: usize, thresholds: usize, neurons: i32, batch: i32, bits: usize): void {
  const byNeuron = bitRowBytes(batch);
  const packed = scratch(<usize>neurons * byNeuron);
  memory.fill(packed, 0, <usize>neurons * byNeuron);
  const stride = laneStride(batch) << 2;
  for (let n = 0; n < neurons; n++) {
    const from = z + <usize>n * stride;
    const limit = i32x4.splat(thresholds == 0 ? 0 : load<i32>(thresholds + ((<usize>n) << 2)));
    const to = packed + <usize>n * byNeuron;
    for (let b = 0; b < batch; b += 16) {
      const at = from + ((<usize>b) << 2);
      let mask = i32x4.bitmask(i32x4.ge_s(v128.load(at), limit));
      mask |= i32x4.bitmask(i32x4.ge_s(v128.load(at, 16), limit)) << 4;
      mask |= i32x4.bitmask(i32x4.ge_s(v128.load(at, 32), limit)) << 8;
      mask |= i32x4.bitmask(i32x4.ge_s(v128.load(at, 48), limit)) << 12;
      const left = batch - b;
      if (left < 16) mask &= (1 << left) - 1;
      store<u16>(to + (<usize>b >> 3), <u16>mask);
    }
  }
  transposeBits(packed, neurons, batch, bits);
}

/** gradient ← |z| ≤ limit ? gradient · scale : 0. */
export function maskGradient(
  z: usize,
  limit: i32,
  scale: f32,
  neurons: i32,
  batch: i32,
  gradient: usize,
): void {
  const end = (<usize>neurons * laneStride(batch)) << 2;
  const top = i32x4.splat(limit);
  const factor = f32x4.splat(scale);
  for (let i: usize = 0; i < end; i += 16) {
    const keep = i32x4.le_s(i32x4.abs(v128.load(z + i)), top);
    v128.store(gradient + i, v128.and(f32x4.mul(v128.load(gradient + i), factor), keep));
  }
}
