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
export function exp(x: v128): v128 {
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
export function log(x: v128): v128 {
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
