import { laneRowBytes } from './memory';

// exp and log hold the same f32 operations in the same order as ../math32.ts.

// @ts-ignore: decorator
@inline
const LN2_HIGH: f32 = 0.693359375;
// @ts-ignore: decorator
@inline
const LN2_LOW: f32 = -0.00021219444;

/** p · x + c. */
// @ts-ignore: decorator
@inline
function horner(p: v128, x: v128, c: f64): v128 {
  return f32x4.add(f32x4.mul(p, x), f32x4.splat(<f32>c));
}

// @ts-ignore: decorator
@inline
function exp(x: v128): v128 {
  const n = f32x4.floor(horner(x, f32x4.splat(1.4426950408889634), 0.5));
  const high = f32x4.sub(x, f32x4.mul(n, f32x4.splat(LN2_HIGH)));
  const r = f32x4.sub(high, f32x4.mul(n, f32x4.splat(LN2_LOW)));
  let p = f32x4.splat(1.0 / 5040.0);
  p = horner(p, r, 1.0 / 720.0);
  p = horner(p, r, 1.0 / 120.0);
  p = horner(p, r, 1.0 / 24.0);
  p = horner(p, r, 1.0 / 6.0);
  p = horner(p, r, 0.5);
  p = horner(p, r, 1);
  p = horner(p, r, 1);
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(p, power), f32x4.lt(x, f32x4.splat(-87)));
}

// @ts-ignore: decorator
@inline
function log(x: v128): v128 {
  const upper = i32x4.sub(x, i32x4.splat(0x3f3504f4));
  const n = f32x4.convert_i32x4_s(i32x4.shr_s(upper, 23));
  const m = i32x4.add(v128.and(upper, i32x4.splat(0x7fffff)), i32x4.splat(0x3f3504f4));
  const s = f32x4.div(f32x4.sub(m, f32x4.splat(1)), f32x4.add(m, f32x4.splat(1)));
  const z = f32x4.mul(s, s);
  let p = f32x4.splat(1.0 / 9.0);
  p = horner(p, z, 1.0 / 7.0);
  p = horner(p, z, 1.0 / 5.0);
  p = horner(p, z, 1.0 / 3.0);
  p = horner(p, z, 1);
  const low = f32x4.add(f32x4.mul(n, f32x4.splat(LN2_LOW)), f32x4.mul(f32x4.add(s, s), p));
  return f32x4.add(low, f32x4.mul(n, f32x4.splat(LN2_HIGH)));
}

/** Four samples at a time; `gradient` holds the exponentials until their sum is known. */
export function softmaxCrossEntropy(
  z: usize,
  scale: f32,
  labels: usize,
  classes: i32,
  batch: i32,
  gradient: usize,
): f32 {
  const stride = laneRowBytes(batch);
  const end = <usize>classes * stride;
  const one = f32x4.splat(1);
  const factor = f32x4.splat(scale / <f32>batch);
  let total: f32 = 0;
  for (let b = 0; b < batch; b += 4) {
    const from = z + (<usize>b << 2);
    const to = gradient + (<usize>b << 2);
    const label = v128.load(labels + (<usize>b << 2));
    let top = v128.load(from);
    for (let c = stride; c < end; c += stride) top = i32x4.max_s(top, v128.load(from + c));
    let sum = f32x4.splat(0);
    let chosen = f32x4.splat(0);
    let index = i32x4.splat(0);
    for (let c: usize = 0; c < end; c += stride) {
      const below = f32x4.convert_i32x4_s(i32x4.sub(v128.load(from + c), top));
      const x = f32x4.mul(f32x4.splat(scale), below);
      const e = exp(x);
      v128.store(to + c, e);
      sum = f32x4.add(sum, e);
      chosen = v128.bitselect(x, chosen, i32x4.eq(index, label));
      index = i32x4.add(index, i32x4.splat(1));
    }
    const loss = f32x4.sub(log(sum), chosen);
    total += f32x4.extract_lane(loss, 0);
    if (b + 1 < batch) total += f32x4.extract_lane(loss, 1);
    if (b + 2 < batch) total += f32x4.extract_lane(loss, 2);
    if (b + 3 < batch) total += f32x4.extract_lane(loss, 3);
    index = i32x4.splat(0);
    for (let c: usize = 0; c < end; c += stride) {
      const probability = f32x4.div(v128.load(to + c), sum);
      const target = v128.and(one, i32x4.eq(index, label));
      v128.store(to + c, f32x4.mul(f32x4.sub(probability, target), factor));
      index = i32x4.add(index, i32x4.splat(1));
    }
  }
  return total / <f32>batch;
}
