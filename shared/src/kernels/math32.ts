/**
 * Exponential and logarithm in f32 arithmetic: every operation is rounded by `Math.fround`, so that
 * four of them in a WebAssembly vector give the same bytes (`assembly/softmax.ts`).
 */

const f = Math.fround;

const LOG2_E = f(Math.LOG2E);
/** 355/512, nine bits: n · LN2_HIGH is exact for |n| < 2¹⁵. */
const LN2_HIGH = 0.693359375;
/** ln 2 − LN2_HIGH. */
const LN2_LOW = f(-0.00021219444);
/** √½ rounded up, as the bits of an f32. */
const SQRT_HALF_BITS = 0x3f3504f4;

/** 1/7!, 1/6! … 1/0!. */
const EXP_SERIES = [1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2, 1, 1].map(f);
/** 1/9, 1/7 … 1/1. */
const ARTANH_SERIES = [1 / 9, 1 / 7, 1 / 5, 1 / 3, 1].map(f);

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

/** The polynomial with these coefficients, highest power first, by Horner's rule. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = coefficients[0];
  for (let i = 1; i < coefficients.length; i++) sum = f(f(sum * x) + coefficients[i]);
  return sum;
}

/**
 * eˣ for an f32 x ≤ 88, with a relative error below 2⁻²² for x ≥ −87; 0 below that.
 * Cody–Waite reduction x = n·ln 2 + r, |r| ≤ ½ ln 2, then the Taylor polynomial of degree 7.
 */
export function exp32(x: number): number {
  if (x < -87) return 0;
  const n = Math.floor(f(f(x * LOG2_E) + 0.5));
  const r = f(f(x - f(n * LN2_HIGH)) - f(n * LN2_LOW));
  bits[0] = (n + 127) << 23;
  return f(polynomial(EXP_SERIES, r) * float[0]);
}

/**
 * ln x for a normal f32 x > 0, with an error below 2⁻²² · max(1, |ln x|).
 * x = m·2ⁿ with √½ ≤ m < √2, then ln m = 2·artanh s with s = (m − 1)/(m + 1), as a series.
 */
export function log32(x: number): number {
  float[0] = x;
  const upper = bits[0] - SQRT_HALF_BITS;
  const n = upper >> 23;
  bits[0] = (upper & 0x7fffff) + SQRT_HALF_BITS;
  const m = float[0];
  const s = f(f(m - 1) / f(m + 1));
  const logarithm = f(f(s + s) * polynomial(ARTANH_SERIES, f(s * s)));
  return f(f(f(n * LN2_LOW) + logarithm) + f(n * LN2_HIGH));
}
