import { laneStride } from './memory';

// exp and log hold the same f64 operations in the same order as ../math.ts.

function exp(x: f64): f64 {
  if (x < -708) return 0;
  if (x > 709) return Infinity;
  const n = Math.floor(x * 1.4426950408889634 + 0.5);
  const r = x - n * 0.6931471803691238 - n * 1.9082149292705877e-10;
  let sum: f64 = 1;
  for (let k = 13; k > 0; k--) sum = 1 + (r * sum) / <f64>k;
  return sum * reinterpret<f64>((<i64>n + 1023) << 52);
}

function log(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  let n = <i32>((bits >> 52) & 0x7ff) - 1022;
  let m = reinterpret<f64>((bits & 0x800fffffffffffff) | ((<i64>1022) << 52));
  if (m < 0.7071067811865476) {
    m *= 2;
    n -= 1;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let sum: f64 = 0;
  for (let k = 23; k > 0; k -= 2) sum = 1 / <f64>k + z * sum;
  return <f64>n * 1.9082149292705877e-10 + 2 * s * sum + <f64>n * 0.6931471803691238;
}

export function softmaxCrossEntropy(
  z: usize,
  scale: f64,
  labels: usize,
  classes: i32,
  batch: i32,
  gradient: usize,
): f32 {
  const stride = laneStride(batch) << 2;
  let total: f64 = 0;
  for (let b = 0; b < batch; b++) {
    const column = z + ((<usize>b) << 2);
    let top = load<i32>(column);
    for (let c = 1; c < classes; c++) top = max(top, load<i32>(column + <usize>c * stride));
    let sum: f64 = 0;
    for (let c = 0; c < classes; c++) {
      sum += exp(scale * <f64>(load<i32>(column + <usize>c * stride) - top));
    }
    const label = load<i32>(labels + ((<usize>b) << 2));
    total += log(sum) - scale * <f64>(load<i32>(column + <usize>label * stride) - top);
    const out = gradient + ((<usize>b) << 2);
    for (let c = 0; c < classes; c++) {
      const probability = exp(scale * <f64>(load<i32>(column + <usize>c * stride) - top)) / sum;
      const slope = ((probability - (c == label ? 1 : 0)) * scale) / <f64>batch;
      store<f32>(out + <usize>c * stride, <f32>slope);
    }
  }
  return <f32>(total / <f64>batch);
}
