import { bitRowBytes, laneStride, scratch } from './memory';
import { signProductTile, TABLE_BYTES } from './sign-product';

// For each tile of 16 neurons: dW of the tile into scratch ([inputs][16], like the latents), then
// one pass over it that steps, clips and keeps the signs, then the signs turned into weight rows.

/** dW of a tile of neurons: [inputs][16] f32. */
// @ts-ignore: decorator
@inline
function tileGradient(
  tile: i32,
  neurons: i32,
  inputs: i32,
  batch: i32,
  inputsTransposed: usize,
  gradient: usize,
  slopes: usize,
  tables: usize,
): void {
  const stride = laneStride(batch) << 2;
  signProductTile(
    inputsTransposed,
    inputs,
    batch,
    gradient + <usize>tile * 16 * stride,
    4,
    stride,
    min(16, neurons - tile * 16),
    slopes,
    64,
    tables,
  );
}

/** The 16 signs of one input's latents: low byte and high byte into two rows of bytes. */
// @ts-ignore: decorator
@inline
function keepSigns(low: usize, high: usize, k: i32, mask: i32): void {
  store<u8>(low + <usize>k, <u8>mask);
  store<u8>(high + <usize>k, <u8>(mask >> 8));
}

/** Weight rows of a tile from its signs: sixteen bytes are eight neurons of sixteen inputs. */
function storeWeights(
  tile: i32,
  neurons: i32,
  inputs: i32,
  low: usize,
  high: usize,
  weights: usize,
): void {
  const rowBytes = bitRowBytes(inputs);
  const count = min(16, neurons - tile * 16);
  const first = weights + <usize>tile * 16 * rowBytes;
  for (let k = 0; k < inputs; k += 16) {
    const left = inputs - k;
    const keep = left < 16 ? (1 << left) - 1 : 0xffff;
    const lows = v128.load(low + <usize>k);
    const highs = v128.load(high + <usize>k);
    let to = first + (<usize>k >> 3);
    for (let j = 0; j < count; j++) {
      const bytes = j < 8 ? lows : highs;
      store<u16>(to, <u16>(i8x16.bitmask(i8x16.shl(bytes, 7 - (j & 7))) & keep));
      to += rowBytes;
    }
  }
}

// @ts-ignore: decorator
@inline
function clip(h: v128): v128 {
  return f32x4.min(f32x4.splat(1), f32x4.max(f32x4.splat(-1), h));
}

// @ts-ignore: decorator
@inline
function nonNegative(h: v128): i32 {
  return i32x4.bitmask(f32x4.ge(h, f32x4.splat(0)));
}

export function adamStep(
  neurons: i32,
  inputs: i32,
  batch: i32,
  inputsTransposed: usize,
  gradient: usize,
  latents: usize,
  weights: usize,
  firstMoment: usize,
  secondMoment: usize,
  beta1: f32,
  beta2: f32,
  rate: f32,
  correction2: f32,
  epsilon: f32,
): void {
  const signBytes = <usize>((inputs + 15) & ~15);
  const tileBytes = <usize>inputs << 6;
  const tables = scratch(TABLE_BYTES + tileBytes + 2 * signBytes);
  const slopes = tables + TABLE_BYTES;
  const low = slopes + tileBytes;
  const high = low + signBytes;
  const b1 = f32x4.splat(beta1);
  const b2 = f32x4.splat(beta2);
  const r1 = f32x4.splat(1 - beta1);
  const r2 = f32x4.splat(1 - beta2);
  const lr = f32x4.splat(rate);
  const c2 = f32x4.splat(correction2);
  const e = f32x4.splat(epsilon);
  for (let tile = 0; tile * 16 < neurons; tile++) {
    tileGradient(tile, neurons, inputs, batch, inputsTransposed, gradient, slopes, tables);
    const base = <usize>tile * tileBytes;
    for (let k = 0; k < inputs; k++) {
      let mask = 0;
      for (let v: usize = 0; v < 64; v += 16) {
        const at = (<usize>k << 6) + v;
        const g = v128.load(slopes + at);
        const pm = firstMoment + base + at;
        const pv = secondMoment + base + at;
        const ph = latents + base + at;
        const m = f32x4.add(f32x4.mul(b1, v128.load(pm)), f32x4.mul(r1, g));
        const s = f32x4.add(f32x4.mul(b2, v128.load(pv)), f32x4.mul(f32x4.mul(r2, g), g));
        v128.store(pm, m);
        v128.store(pv, s);
        const root = f32x4.sqrt(f32x4.mul(s, c2));
        const step = f32x4.div(f32x4.mul(lr, m), f32x4.add(root, e));
        const h = clip(f32x4.sub(v128.load(ph), step));
        v128.store(ph, h);
        mask |= nonNegative(h) << (<i32>v >> 2);
      }
      keepSigns(low, high, k, mask);
    }
    storeWeights(tile, neurons, inputs, low, high, weights);
  }
}

export function sgdStep(
  neurons: i32,
  inputs: i32,
  batch: i32,
  inputsTransposed: usize,
  gradient: usize,
  latents: usize,
  weights: usize,
  momentumBuffer: usize,
  momentum: f32,
  rate: f32,
): void {
  const signBytes = <usize>((inputs + 15) & ~15);
  const tileBytes = <usize>inputs << 6;
  const tables = scratch(TABLE_BYTES + tileBytes + 2 * signBytes);
  const slopes = tables + TABLE_BYTES;
  const low = slopes + tileBytes;
  const high = low + signBytes;
  const mu = f32x4.splat(momentum);
  const lr = f32x4.splat(rate);
  for (let tile = 0; tile * 16 < neurons; tile++) {
    tileGradient(tile, neurons, inputs, batch, inputsTransposed, gradient, slopes, tables);
    const base = <usize>tile * tileBytes;
    for (let k = 0; k < inputs; k++) {
      let mask = 0;
      for (let v: usize = 0; v < 64; v += 16) {
        const at = (<usize>k << 6) + v;
        const pm = momentumBuffer + base + at;
        const ph = latents + base + at;
        const m = f32x4.add(f32x4.mul(mu, v128.load(pm)), v128.load(slopes + at));
        v128.store(pm, m);
        const h = clip(f32x4.sub(v128.load(ph), f32x4.mul(lr, m)));
        v128.store(ph, h);
        mask |= nonNegative(h) << (<i32>v >> 2);
      }
      keepSigns(low, high, k, mask);
    }
    storeWeights(tile, neurons, inputs, low, high, weights);
  }
}
