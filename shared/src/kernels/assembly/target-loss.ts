import { exp, log } from './math32';
import { bitRowBytes, laneRowBytes } from './memory';
import { addLanes } from './softmax';

/** −0 in the lanes whose target is yes, of four samples from `b` on: a sign to flip. */
// @ts-ignore: decorator
@inline
function signsOfYes(row: usize, b: i32): v128 {
  const four = i32x4.splat(<i32>load<u8>(row + (<usize>b >> 3)) >> (b & 4));
  const yes = i32x4.ne(v128.and(four, i32x4(1, 2, 4, 8)), i32x4.splat(0));
  return v128.and(yes, f32x4.splat(-0.0));
}

/** scale · z of four samples. */
// @ts-ignore: decorator
@inline
function logits(scale: f32, z: usize): v128 {
  return f32x4.mul(f32x4.splat(scale), f32x4.convert_i32x4_s(v128.load(z)));
}

/** Four samples at a time. */
export function sigmoidCrossEntropy(
  z: usize,
  scales: usize,
  targets: usize,
  outputs: i32,
  batch: i32,
  gradient: usize,
): f32 {
  const stride = laneRowBytes(batch);
  const rowBytes = bitRowBytes(batch);
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  let total: f32 = 0;
  for (let b = 0; b < batch; b += 4) {
    let loss = zero;
    for (let n = 0; n < outputs; n++) {
      const at = <usize>n * stride + (<usize>b << 2);
      const scale = load<f32>(scales + (<usize>n << 2));
      const flip = signsOfYes(targets + <usize>n * rowBytes, b);
      // y = x for no, −x for yes: the loss is ln(1 + eʸ), its slope σ(y).
      const y = v128.xor(logits(scale, z + at), flip);
      const e = exp(f32x4.neg(f32x4.abs(y)));
      const whole = f32x4.add(one, e);
      const slope = f32x4.div(v128.bitselect(one, e, f32x4.ge(y, zero)), whole);
      loss = f32x4.add(loss, f32x4.add(f32x4.max(y, zero), log(whole)));
      const factor = f32x4.splat(scale / <f32>batch);
      v128.store(gradient + at, v128.xor(f32x4.mul(slope, factor), flip));
    }
    total = addLanes(total, loss, batch - b);
  }
  return total / <f32>batch;
}

/** Four samples at a time. */
export function squaredHinge(
  z: usize,
  scales: usize,
  targets: usize,
  outputs: i32,
  batch: i32,
  gradient: usize,
): f32 {
  const stride = laneRowBytes(batch);
  const rowBytes = bitRowBytes(batch);
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  let total: f32 = 0;
  for (let b = 0; b < batch; b += 4) {
    let loss = zero;
    for (let n = 0; n < outputs; n++) {
      const at = <usize>n * stride + (<usize>b << 2);
      const scale = load<f32>(scales + (<usize>n << 2));
      const flip = signsOfYes(targets + <usize>n * rowBytes, b);
      // y = x for no, −x for yes: the margin is 1 + y.
      const y = v128.xor(logits(scale, z + at), flip);
      const margin = f32x4.max(f32x4.add(one, y), zero);
      loss = f32x4.add(loss, f32x4.mul(margin, margin));
      const factor = f32x4.splat((scale + scale) / <f32>batch);
      v128.store(gradient + at, v128.xor(f32x4.mul(margin, factor), flip));
    }
    total = addLanes(total, loss, batch - b);
  }
  return total / <f32>batch;
}
