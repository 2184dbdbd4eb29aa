/**
 * Elementary functions by + − × ÷ on f64 alone: the same bytes on every engine, which `Math.exp`
 * and its kin do not promise. The WebAssembly kernels hold the same sequences of operations.
 */

const LN2_HIGH = 0.6931471803691238; // the upper 33 bits of ln 2, so that n · LN2_HIGH is exact
const LN2_LOW = 1.9082149292705877e-10;
const LOG2_E = Math.LOG2E;
const SQRT_HALF = Math.SQRT1_2;

const word = new DataView(new ArrayBuffer(8));

/** 2ⁿ for −1022 ≤ n ≤ 1023, by its bits: exact, which `**` (the engine's `pow`) need not be. */
export function powerOfTwo(n: number): number {
  word.setInt32(0, (n + 1023) << 20);
  word.setInt32(4, 0);
  return word.getFloat64(0);
}

/**
 * eˣ with a relative error below 1e-15 for −708 ≤ x ≤ 709; 0 below and +∞ above that.
 * Cody–Waite reduction x = n·ln 2 + r, |r| ≤ ½ ln 2, then the Taylor polynomial of degree 13.
 */
export function exp(x: number): number {
  if (x < -708) return 0;
  if (x > 709) return Number.POSITIVE_INFINITY;
  const n = Math.floor(x * LOG2_E + 0.5);
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  let sum = 1;
  for (let k = 13; k > 0; k--) sum = 1 + (r * sum) / k;
  return sum * powerOfTwo(n);
}

/**
 * ln x with an error below 1e-15 · max(1, |ln x|) for normal x > 0; −∞ for 0, NaN below.
 * x = m·2ⁿ with √½ ≤ m < √2, then ln m = 2·artanh((m − 1)/(m + 1)) as a series.
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  word.setFloat64(0, x);
  const high = word.getInt32(0);
  let n = ((high >> 20) & 0x7ff) - 1022;
  word.setInt32(0, (high & 0x800fffff) | (1022 << 20));
  let m = word.getFloat64(0);
  if (m < SQRT_HALF) {
    m *= 2;
    n -= 1;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let sum = 0;
  for (let k = 23; k > 0; k -= 2) sum = 1 / k + z * sum;
  return n * LN2_LOW + 2 * s * sum + n * LN2_HIGH;
}

/**
 * cos(πx) with an error below 1e-15 · π for |x| ≤ 2²⁰: reduced to |t| ≤ ¼ by symmetry, then a Taylor
 * polynomial of cosine or sine.
 */
export function cosPi(x: number): number {
  const t = Math.abs(x) % 2; // exact
  const folded = t > 1 ? 2 - t : t; // cos(π(2 − t)) = cos(πt)
  if (folded > 0.75) return -cosine(Math.PI * (1 - folded));
  if (folded > 0.25) return sine(Math.PI * (0.5 - folded));
  return cosine(Math.PI * folded);
}

function cosine(y: number): number {
  const z = y * y;
  let sum = 1;
  for (let k = 16; k > 0; k -= 2) sum = 1 - (z * sum) / (k * (k - 1));
  return sum;
}

function sine(y: number): number {
  const z = y * y;
  let sum = 1;
  for (let k = 17; k > 1; k -= 2) sum = 1 - (z * sum) / (k * (k - 1));
  return y * sum;
}
