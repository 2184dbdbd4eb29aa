import { exp, log } from './math32';
import { laneRowBytes } from './memory';

/** total + lane 0 + lane 1 …, of the `left` lanes that are samples. */
// @ts-ignore: decorator
@inline
export function addLanes(total: f32, lanes: v128, left: i32): f32 {
  let sum = total + f32x4.extract_lane(lanes, 0);
  if (left > 1) sum += f32x4.extract_lane(lanes, 1);
  if (left > 2) sum += f32x4.extract_lane(lanes, 2);
  if (left > 3) sum += f32x4.extract_lane(lanes, 3);
  return sum;
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
    total = addLanes(total, f32x4.sub(log(sum), chosen), batch - b);
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

/** The same with a scale a class; `gradient` holds the logits, then the exponentials. */
export function scaledSoftmaxCrossEntropy(
  z: usize,
  scales: usize,
  labels: usize,
  classes: i32,
  batch: i32,
  gradient: usize,
): f32 {
  const stride = laneRowBytes(batch);
  const one = f32x4.splat(1);
  let total: f32 = 0;
  for (let b = 0; b < batch; b += 4) {
    const from = z + (<usize>b << 2);
    const to = gradient + (<usize>b << 2);
    const label = v128.load(labels + (<usize>b << 2));
    let top = f32x4.splat(-Infinity);
    for (let c = 0; c < classes; c++) {
      const at = <usize>c * stride;
      const scale = v128.load32_splat(scales + (<usize>c << 2));
      const x = f32x4.mul(scale, f32x4.convert_i32x4_s(v128.load(from + at)));
      v128.store(to + at, x);
      top = f32x4.pmax(top, x);
    }
    let sum = f32x4.splat(0);
    let chosen = f32x4.splat(0);
    for (let c = 0; c < classes; c++) {
      const at = <usize>c * stride;
      const x = f32x4.sub(v128.load(to + at), top);
      const e = exp(x);
      v128.store(to + at, e);
      sum = f32x4.add(sum, e);
      chosen = v128.bitselect(x, chosen, i32x4.eq(i32x4.splat(c), label));
    }
    total = addLanes(total, f32x4.sub(log(sum), chosen), batch - b);
    for (let c = 0; c < classes; c++) {
      const at = <usize>c * stride;
      const factor = f32x4.splat(load<f32>(scales + (<usize>c << 2)) / <f32>batch);
      const probability = f32x4.div(v128.load(to + at), sum);
      const target = v128.and(one, i32x4.eq(i32x4.splat(c), label));
      v128.store(to + at, f32x4.mul(f32x4.sub(probability, target), factor));
    }
  }
  return total / <f32>batch;
}
