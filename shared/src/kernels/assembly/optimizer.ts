import { maskBits } from './bits';
import { TABLES_END } from './float-table';
import { bitRowBytes, laneRowBytes } from './memory';
import { signProductTile } from './sign-product';

// For each tile of 16 neurons and block of inputs: dW of the block into scratch ([inputs][16], like
// the latents), one pass that steps, clips and keeps the signs, then the signs as weight bits.

/** Inputs of a block; a multiple of 16. */
// @ts-ignore: decorator
@inline
const INPUTS: i32 = 1024;
/** [1024][16] f32: dW. */
// @ts-ignore: decorator
@inline
const SLOPES: usize = TABLES_END;
/** [1024] bytes each: the signs of neurons 0 … 7 and 8 … 15 of the tile. */
// @ts-ignore: decorator
@inline
const LOW_SIGNS: usize = SLOPES + (<usize>INPUTS << 6);
// @ts-ignore: decorator
@inline
const HIGH_SIGNS: usize = LOW_SIGNS + <usize>INPUTS;

/** dW of a tile's inputs from `k` on. */
// @ts-ignore: decorator
@inline
function blockSlopes(
  n: i32,
  neurons: i32,
  k: i32,
  inputs: i32,
  batch: i32,
  inputsTransposed: usize,
  gradient: usize,
): void {
  const laneApart = laneRowBytes(batch);
  const rowBytes = bitRowBytes(batch);
  signProductTile(
    inputsTransposed + <usize>k * rowBytes,
    rowBytes,
    min(INPUTS, inputs - k),
    batch,
    gradient + <usize>n * laneApart,
    4,
    laneApart,
    min(16, neurons - n),
    SLOPES,
    64,
  );
}

/** Clips to [−1, 1] as `../reference.ts` does, stores, and returns h ≥ 0 as a mask. */
// @ts-ignore: decorator
@inline
function storeClipped(latent: usize, h: v128): v128 {
  const clipped = f32x4.pmin(f32x4.splat(1), f32x4.pmax(f32x4.splat(-1), h));
  v128.store(latent, clipped);
  return f32x4.ge(clipped, f32x4.splat(0));
}

// @ts-ignore: decorator
@inline
function keepSigns(i: usize, m0: v128, m1: v128, m2: v128, m3: v128): void {
  const signs = maskBits(m0, m1, m2, m3);
  store<u8>(i, <u8>signs, LOW_SIGNS);
  store<u8>(i, <u8>(signs >> 8), HIGH_SIGNS);
}

/**
 * Weight bits of a tile's inputs from `k` on: 16 bytes of signs are eight neurons of 16 inputs. The
 * last block writes the rows' padding too.
 */
function storeWeights(n: i32, neurons: i32, k: i32, inputs: i32, weights: usize): void {
  const rowBytes = bitRowBytes(inputs);
  const first = weights + <usize>n * rowBytes + (<usize>k >> 3);
  const count = min(16, neurons - n);
  const end = min(INPUTS, <i32>(rowBytes << 3) - k);
  for (let i = 0; i < end; i += 16) {
    const left = inputs - k - i;
    const keep = left >= 16 ? 0xffff : left > 0 ? (1 << left) - 1 : 0;
    let bytes = i8x16.splat(0);
    for (let j = 0; j < count; j++) {
      if (j == 0) bytes = v128.load(<usize>i, LOW_SIGNS);
      if (j == 8) bytes = v128.load(<usize>i, HIGH_SIGNS);
      const column = i8x16.bitmask(i8x16.shl(bytes, 7 - (j & 7)));
      store<u16>(first + <usize>j * rowBytes + (<usize>i >> 3), <u16>(column & keep));
    }
  }
}

/** Adam on four latents; returns their signs as a mask. */
// @ts-ignore: decorator
@inline
function adamLanes(
  at: usize,
  slope: usize,
  latents: usize,
  firstMoment: usize,
  secondMoment: usize,
  b1: v128,
  b2: v128,
  r1: v128,
  r2: v128,
  lr: v128,
  c2: v128,
  e: v128,
): v128 {
  const g = v128.load(slope, SLOPES);
  const m = f32x4.add(f32x4.mul(b1, v128.load(firstMoment + at)), f32x4.mul(r1, g));
  const s = f32x4.mul(f32x4.mul(r2, g), g);
  const v = f32x4.add(f32x4.mul(b2, v128.load(secondMoment + at)), s);
  v128.store(firstMoment + at, m);
  v128.store(secondMoment + at, v);
  const root = f32x4.sqrt(f32x4.mul(v, c2));
  const step = f32x4.div(f32x4.mul(lr, m), f32x4.add(root, e));
  return storeClipped(latents + at, f32x4.sub(v128.load(latents + at), step));
}

/** `h` are the latents, `m` and `v` the moments; `rate` holds the first correction. */
export function adamStep(
  neurons: i32,
  inputs: i32,
  batch: i32,
  inputsTransposed: usize,
  gradient: usize,
  h: usize,
  weights: usize,
  m: usize,
  v: usize,
  beta1: f32,
  beta2: f32,
  rate: f32,
  correction2: f32,
  epsilon: f32,
): void {
  const b1 = f32x4.splat(beta1);
  const b2 = f32x4.splat(beta2);
  const r1 = f32x4.splat(1 - beta1);
  const r2 = f32x4.splat(1 - beta2);
  const lr = f32x4.splat(rate);
  const c2 = f32x4.splat(correction2);
  const e = f32x4.splat(epsilon);
  for (let n = 0; n < neurons; n += 16) {
    for (let k = 0; k < inputs; k += INPUTS) {
      blockSlopes(n, neurons, k, inputs, batch, inputsTransposed, gradient);
      const base = (<usize>(n >> 4) * <usize>inputs + <usize>k) << 6;
      for (let i: usize = 0; i < <usize>min(INPUTS, inputs - k); i++) {
        const s = i << 6;
        const a = base + s;
        const s0 = adamLanes(a, s, h, m, v, b1, b2, r1, r2, lr, c2, e);
        const s1 = adamLanes(a + 16, s + 16, h, m, v, b1, b2, r1, r2, lr, c2, e);
        const s2 = adamLanes(a + 32, s + 32, h, m, v, b1, b2, r1, r2, lr, c2, e);
        const s3 = adamLanes(a + 48, s + 48, h, m, v, b1, b2, r1, r2, lr, c2, e);
        keepSigns(i, s0, s1, s2, s3);
      }
      storeWeights(n, neurons, k, inputs, weights);
    }
  }
}

/** SGD with momentum on four latents; returns their signs as a mask. */
// @ts-ignore: decorator
@inline
function sgdLanes(
  at: usize,
  slope: usize,
  latents: usize,
  momentumBuffer: usize,
  mu: v128,
  lr: v128,
): v128 {
  const m = f32x4.add(f32x4.mul(mu, v128.load(momentumBuffer + at)), v128.load(slope, SLOPES));
  v128.store(momentumBuffer + at, m);
  return storeClipped(latents + at, f32x4.sub(v128.load(latents + at), f32x4.mul(lr, m)));
}

/** Plain SGD on four latents, half the memory to walk through; returns their signs as a mask. */
// @ts-ignore: decorator
@inline
function plainLanes(at: usize, slope: usize, latents: usize, lr: v128): v128 {
  const step = f32x4.mul(lr, v128.load(slope, SLOPES));
  return storeClipped(latents + at, f32x4.sub(v128.load(latents + at), step));
}

/** The inputs of one block: latents move by `rate` times dW, and the signs are kept. */
function plainBlock(latents: usize, inputs: i32, lr: v128): void {
  for (let i: usize = 0; i < <usize>inputs; i++) {
    const s = i << 6;
    const s0 = plainLanes(s, s, latents, lr);
    const s1 = plainLanes(s + 16, s + 16, latents, lr);
    const s2 = plainLanes(s + 32, s + 32, latents, lr);
    const s3 = plainLanes(s + 48, s + 48, latents, lr);
    keepSigns(i, s0, s1, s2, s3);
  }
}

/** The inputs of one block: latents move by `rate` times the momentum buffer. */
function momentumBlock(
  latents: usize,
  momentumBuffer: usize,
  inputs: i32,
  mu: v128,
  lr: v128,
): void {
  for (let i: usize = 0; i < <usize>inputs; i++) {
    const s = i << 6;
    const s0 = sgdLanes(s, s, latents, momentumBuffer, mu, lr);
    const s1 = sgdLanes(s + 16, s + 16, latents, momentumBuffer, mu, lr);
    const s2 = sgdLanes(s + 32, s + 32, latents, momentumBuffer, mu, lr);
    const s3 = sgdLanes(s + 48, s + 48, latents, momentumBuffer, mu, lr);
    keepSigns(i, s0, s1, s2, s3);
  }
}

/** SGD; a momentum of 0 leaves the buffer alone. */
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
  const mu = f32x4.splat(momentum);
  const lr = f32x4.splat(rate);
  for (let n = 0; n < neurons; n += 16) {
    for (let k = 0; k < inputs; k += INPUTS) {
      blockSlopes(n, neurons, k, inputs, batch, inputsTransposed, gradient);
      const base = (<usize>(n >> 4) * <usize>inputs + <usize>k) << 6;
      const count = min(INPUTS, inputs - k);
      if (momentum == 0) plainBlock(latents + base, count, lr);
      else momentumBlock(latents + base, momentumBuffer + base, count, mu, lr);
      storeWeights(n, neurons, k, inputs, weights);
    }
  }
}

/** Bop on four latents; returns their signs as a mask. */
// @ts-ignore: decorator
@inline
function bopLanes(
  at: usize,
  slope: usize,
  latents: usize,
  movingAverage: usize,
  g: v128,
  rest: v128,
  tau: v128,
): v128 {
  const old = f32x4.mul(rest, v128.load(movingAverage + at));
  const m = f32x4.add(old, f32x4.mul(g, v128.load(slope, SLOPES)));
  v128.store(movingAverage + at, m);
  const h = v128.load(latents + at);
  const positive = f32x4.ge(h, f32x4.splat(0));
  const high = f32x4.gt(m, tau);
  const low = f32x4.lt(m, f32x4.neg(tau));
  // 0 has no sign to change: it becomes −2⁻²⁴.
  const turned = f32x4.neg(h);
  const below = f32x4.min(turned, f32x4.splat(-5.9604644775390625e-8));
  const flipped = v128.bitselect(below, turned, positive);
  return storeClipped(latents + at, v128.bitselect(flipped, h, v128.bitselect(high, low, positive)));
}

/** Latents change sign where the moving average passes `threshold` on the weight's own side. */
export function bopStep(
  neurons: i32,
  inputs: i32,
  batch: i32,
  inputsTransposed: usize,
  gradient: usize,
  latents: usize,
  weights: usize,
  movingAverage: usize,
  gamma: f32,
  threshold: f32,
): void {
  const g = f32x4.splat(gamma);
  const rest = f32x4.splat(1 - gamma);
  const tau = f32x4.splat(threshold);
  for (let n = 0; n < neurons; n += 16) {
    for (let k = 0; k < inputs; k += INPUTS) {
      blockSlopes(n, neurons, k, inputs, batch, inputsTransposed, gradient);
      const base = (<usize>(n >> 4) * <usize>inputs + <usize>k) << 6;
      for (let i: usize = 0; i < <usize>min(INPUTS, inputs - k); i++) {
        const s = i << 6;
        const s0 = bopLanes(base + s, s, latents, movingAverage, g, rest, tau);
        const s1 = bopLanes(base + s + 16, s + 16, latents, movingAverage, g, rest, tau);
        const s2 = bopLanes(base + s + 32, s + 32, latents, movingAverage, g, rest, tau);
        const s3 = bopLanes(base + s + 48, s + 48, latents, movingAverage, g, rest, tau);
        keepSigns(i, s0, s1, s2, s3);
      }
      storeWeights(n, neurons, k, inputs, weights);
    }
  }
}

/** bits[n][k] = latents[n][k] ≥ threshold. */
export function packLatents(
  latents: usize,
  threshold: f32,
  neurons: i32,
  inputs: i32,
  bits: usize,
): void {
  const t = f32x4.splat(threshold);
  for (let n = 0; n < neurons; n += 16) {
    for (let k = 0; k < inputs; k += INPUTS) {
      let at = latents + ((<usize>(n >> 4) * <usize>inputs + <usize>k) << 6);
      for (let i: usize = 0; i < <usize>min(INPUTS, inputs - k); i++, at += 64) {
        keepSigns(
          i,
          f32x4.ge(v128.load(at), t),
          f32x4.ge(v128.load(at, 16), t),
          f32x4.ge(v128.load(at, 32), t),
          f32x4.ge(v128.load(at, 48), t),
        );
      }
      storeWeights(n, neurons, k, inputs, bits);
    }
  }
}
