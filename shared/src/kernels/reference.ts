/**
 * The specification of the kernels in plain TypeScript. Every float operation is written out in its
 * order and rounded to f32 by `Math.fround`, as WebAssembly rounds it: other implementations give
 * the same bytes or are wrong. It also serves engines without WebAssembly SIMD.
 *
 * ## The order of a sign × float product
 * Terms are taken in groups of six, s = 6g … 6g + 5, missing terms being 0. With t_i = ±f_i:
 *
 *   entry_g = ((t₀ + t₁) + t₂) + ((t₃ + t₄) + t₅)
 *   out     = (((0 + entry₀) + entry₁) + …)
 *
 * so that a table of the 64 entries of a group, made of two tables of 8, gives the same bytes.
 * A sum that starts at +0 never becomes −0, so the sign of a missing term's zero does not matter.
 *
 * Convolution and pooling are specified in `reference-convolution.ts`.
 */
import { GrowingMemory } from './growing-memory.js';
import { type Address, bitRowBytes, type Kernels, laneStride } from './kernels.js';
import { exp32, log32 } from './math32.js';
import {
  type AdamStep,
  type BopStep,
  type LayerStep,
  type SgdStep,
  SMALLEST_EPSILON,
  SMALLEST_LATENT,
} from './optimizer-steps.js';
import { convolutionKernels } from './reference-convolution.js';
import { createReferenceLosses } from './reference-losses.js';

const f = Math.fround;

/** Plain-TypeScript kernels on a memory of their own. */
export function createReferenceKernels(): Kernels {
  return new ReferenceKernels();
}

class ReferenceKernels implements Kernels {
  readonly name = 'reference';
  readonly products = { few: 'reference', many: 'reference' } as const;
  readonly memory = new GrowingMemory();
  private readonly losses = createReferenceLosses(this.memory);
  readonly scaledSoftmaxCrossEntropy = this.losses.scaledSoftmaxCrossEntropy;
  readonly sigmoidCrossEntropy = this.losses.sigmoidCrossEntropy;
  readonly squaredHinge = this.losses.squaredHinge;
  private readonly convolution = convolutionKernels(this.memory);
  readonly unfold = this.convolution.unfold;
  readonly fold = this.convolution.fold;
  readonly maxPool = this.convolution.maxPool;
  readonly maxPoolGradient = this.convolution.maxPoolGradient;
  readonly reshapeBits = this.convolution.reshapeBits;
  readonly unflattenGradient = this.convolution.unflattenGradient;

  packSigns(src: Address, rows: number, cols: number, stride: number, bits: Address): void {
    const { memory } = this;
    const { f32 } = memory;
    memory.writeBits(bits, rows, cols, (r, c) => f32[(src >> 2) + r * stride + c] >= 0);
  }

  transposeBits(src: Address, rows: number, cols: number, dst: Address): void {
    const { memory } = this;
    const rowBytes = bitRowBytes(cols);
    memory.writeBits(dst, cols, rows, (c, r) => memory.bit(src + r * rowBytes, c));
  }

  xnorProduct(
    weights: Address,
    inputBits: Address,
    neurons: number,
    batch: number,
    inputs: number,
    out: Address,
  ): void {
    const { i32 } = this.memory;
    const words = bitRowBytes(inputs) >> 2;
    const stride = laneStride(batch);
    for (let n = 0; n < neurons; n++) {
      const w = (weights >> 2) + n * words;
      for (let b = 0; b < batch; b++) {
        const x = (inputBits >> 2) + b * words;
        let differing = 0;
        for (let i = 0; i < words; i++) differing += popcount(i32[w + i] ^ i32[x + i]);
        i32[(out >> 2) + n * stride + b] = inputs - 2 * differing;
      }
    }
  }

  signProduct(
    bits: Address,
    rows: number,
    terms: number,
    fAddress: Address,
    termStride: number,
    laneApart: number,
    lanes: number,
    out: Address,
  ): void {
    const { f32 } = this.memory;
    const rowBytes = bitRowBytes(terms);
    const stride = laneStride(lanes);
    for (let r = 0; r < rows; r++) {
      for (let v = 0; v < lanes; v++) {
        const first = (fAddress >> 2) + v * laneApart;
        f32[(out >> 2) + r * stride + v] = this.signSum(
          bits + r * rowBytes,
          terms,
          first,
          termStride,
        );
      }
    }
  }

  activate(z: Address, thresholds: Address, neurons: number, batch: number, bits: Address): void {
    const { memory } = this;
    const { i32 } = memory;
    const stride = laneStride(batch);
    memory.writeBits(bits, batch, neurons, (b, n) => {
      const threshold = thresholds === 0 ? 0 : i32[(thresholds >> 2) + n];
      return i32[(z >> 2) + n * stride + b] >= threshold;
    });
  }

  maskGradient(
    z: Address,
    limit: number,
    scale: number,
    neurons: number,
    batch: number,
    gradient: Address,
  ): void {
    const { i32, f32 } = this.memory;
    const stride = laneStride(batch);
    const factor = f(scale);
    for (let n = 0; n < neurons; n++) {
      for (let i = n * stride; i < n * stride + batch; i++) {
        const at = (gradient >> 2) + i;
        f32[at] = Math.abs(i32[(z >> 2) + i]) <= limit ? f(f32[at] * factor) : 0;
      }
    }
  }

  softmaxCrossEntropy(
    z: Address,
    scale: number,
    labels: Address,
    classes: number,
    batch: number,
    gradient: Address,
  ): number {
    const { i32, f32 } = this.memory;
    const stride = laneStride(batch);
    const factor = f(f(scale) / batch);
    let total = 0;
    for (let b = 0; b < batch; b++) {
      const label = i32[(labels >> 2) + b];
      const product = (c: number) => i32[(z >> 2) + c * stride + b];
      let top = product(0);
      for (let c = 1; c < classes; c++) top = Math.max(top, product(c));
      // Logits relative to the largest: the exponentials stay in (0, 1].
      const logit = (c: number) => f(f(scale) * f(product(c) - top));
      let sum = 0;
      for (let c = 0; c < classes; c++) sum = f(sum + exp32(logit(c)));
      total = f(total + f(log32(sum) - logit(label)));
      for (let c = 0; c < classes; c++) {
        const probability = f(exp32(logit(c)) / sum);
        f32[(gradient >> 2) + c * stride + b] = f(f(probability - Number(c === label)) * factor);
      }
    }
    return f(total / batch);
  }

  adamStep(layer: LayerStep, adam: AdamStep): void {
    const { f32 } = this.memory;
    const beta1 = f(adam.beta1);
    const beta2 = f(adam.beta2);
    const rest1 = f(1 - beta1);
    const rest2 = f(1 - beta2);
    const rate = f(f(adam.learningRate) * f(adam.correction1));
    const correction2 = f(adam.correction2);
    const epsilon = Math.max(f(adam.epsilon), SMALLEST_EPSILON);
    this.updateLatents(layer, (i, latent, slope) => {
      const m = (adam.firstMoment >> 2) + i;
      const v = (adam.secondMoment >> 2) + i;
      f32[m] = f(f(beta1 * f32[m]) + f(rest1 * slope));
      f32[v] = f(f(beta2 * f32[v]) + f(f(rest2 * slope) * slope));
      const root = f(Math.sqrt(f(f32[v] * correction2)));
      return f(latent - f(f(rate * f32[m]) / f(root + epsilon)));
    });
  }

  sgdStep(layer: LayerStep, sgd: SgdStep): void {
    const { f32 } = this.memory;
    const rate = f(sgd.learningRate);
    const momentum = f(sgd.momentum);
    if (momentum === 0) {
      this.updateLatents(layer, (_, latent, slope) => f(latent - f(rate * slope)));
      return;
    }
    this.updateLatents(layer, (i, latent, slope) => {
      const m = (sgd.momentumBuffer >> 2) + i;
      f32[m] = f(f(momentum * f32[m]) + slope);
      return f(latent - f(rate * f32[m]));
    });
  }

  bopStep(layer: LayerStep, bop: BopStep): void {
    const { f32 } = this.memory;
    const gamma = f(bop.gamma);
    const rest = f(1 - gamma);
    const threshold = f(bop.threshold);
    this.updateLatents(layer, (i, latent, slope) => {
      const m = (bop.movingAverage >> 2) + i;
      f32[m] = f(f(rest * f32[m]) + f(gamma * slope));
      if (latent >= 0) return f32[m] > threshold ? Math.min(-latent, -SMALLEST_LATENT) : latent;
      return f32[m] < -threshold ? -latent : latent;
    });
  }

  packLatents(
    latents: Address,
    threshold: number,
    neurons: number,
    inputs: number,
    bits: Address,
  ): void {
    const { memory } = this;
    const limit = f(threshold);
    memory.writeBits(bits, neurons, inputs, (n, k) => {
      return memory.f32[(latents >> 2) + tileIndex(n, k, inputs)] >= limit;
    });
  }

  meanMagnitudes(latents: Address, neurons: number, inputs: number, out: Address): void {
    const { f32 } = this.memory;
    for (let n = 0; n < neurons; n++) {
      let sum = 0;
      for (let k = 0; k < inputs; k++) {
        sum = f(sum + Math.abs(f32[(latents >> 2) + tileIndex(n, k, inputs)]));
      }
      f32[(out >> 2) + n] = f(sum / inputs);
    }
  }

  /** dW, the optimizer's rule for each latent, clip to [−1, 1], and the signs as weights. */
  private updateLatents(
    layer: LayerStep,
    rule: (index: number, latent: number, slope: number) => number,
  ): void {
    const { neurons, inputs, batch } = layer;
    const { memory } = this;
    const { f32 } = memory;
    const rowBytes = bitRowBytes(batch);
    memory.writeBits(layer.weights, neurons, inputs, (n, k) => {
      const first = (layer.gradient >> 2) + n * laneStride(batch);
      const slope = this.signSum(layer.inputsTransposed + k * rowBytes, batch, first, 1);
      const index = tileIndex(n, k, inputs);
      const at = (layer.latents >> 2) + index;
      f32[at] = clip(rule(index, f32[at], slope));
      return f32[at] >= 0;
    });
  }

  /** Σ_s ±f[first + s·apart] in the order given at the top of this file. */
  private signSum(rowBits: Address, terms: number, first: number, apart: number): number {
    let sum = 0;
    for (let s = 0; s < terms; s += 6) {
      const low = this.signSumOfThree(rowBits, s, terms, first, apart);
      const high = this.signSumOfThree(rowBits, s + 3, terms, first, apart);
      sum = f(sum + f(low + high));
    }
    return sum;
  }

  private signSumOfThree(
    rowBits: Address,
    s: number,
    terms: number,
    first: number,
    apart: number,
  ): number {
    const { memory } = this;
    const { f32 } = memory;
    const t0 = s < terms ? f32[first + s * apart] : 0;
    const t1 = s + 1 < terms ? f32[first + (s + 1) * apart] : 0;
    const t2 = s + 2 < terms ? f32[first + (s + 2) * apart] : 0;
    const low = f((memory.bit(rowBits, s) ? t0 : -t0) + (memory.bit(rowBits, s + 1) ? t1 : -t1));
    return f(low + (memory.bit(rowBits, s + 2) ? t2 : -t2));
  }
}

/** Where a tile-major matrix holds element (n, k). */
function tileIndex(n: number, k: number, inputs: number): number {
  return ((n >> 4) * inputs + k) * 16 + (n & 15);
}

/** To [−1, 1]; NaN to −1, so that the bits of an engine's NaN never reach a latent. */
function clip(latent: number): number {
  if (latent >= 1) return 1;
  if (latent > -1) return latent;
  return -1;
}

/** The bits set in a 32-bit word (Warren, Hacker's Delight, §5-1). */
function popcount(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  x = (x + (x >>> 4)) & 0x0f0f0f0f;
  return Math.imul(x, 0x01010101) >>> 24;
}
