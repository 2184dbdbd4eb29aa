/**
 * Batch normalization of a hidden layer while it is trained in one place (Ioffe & Szegedy, arXiv
 * 1502.03167): of the integer products z of a batch
 *
 *   forward   x̂ = (z − μ) / √(σ² + ε),  y = γ·x̂ + β,  a = [y ≥ 0]
 *   backward  g = ∂loss/∂a · 1[|y| ≤ 1],  ∂β = Σ g,  ∂γ = Σ g·x̂,
 *             ∂z = γ / √(σ² + ε) · (g − ∂β/B − x̂·∂γ/B)
 *
 * with μ and σ² of the batch, and their running averages for inference, where {@link foldBatchNorm}
 * makes thresholds of them. f64 throughout, of + − · / √ alone: the same on every engine.
 *
 * Not for federations: what a client's running averages say of its data neither averages nor hides.
 */
import { type Address, bitRowBytes, type Kernels, laneStride } from '../kernels/kernels.js';
import type { BatchNorm } from './batch-norm.js';

const EPSILON = 1e-5;
/** Share of the running averages that a batch leaves as it is. */
const MOMENTUM = 0.99;
const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

export class BatchNormalization {
  private readonly gamma: Moving;
  private readonly beta: Moving;
  private readonly runningMean: Float64Array;
  private readonly runningVariance: Float64Array;
  /** Of the last batch. */
  private readonly mean: Float64Array;
  private readonly inverse: Float64Array;
  /** f32 [neurons][batch]: y. */
  private readonly normalized: Address;
  /** Bit matrix [neurons][batch]. */
  private readonly signs: Address;
  private steps = 0;

  constructor(
    private readonly kernels: Kernels,
    private readonly neurons: number,
    maxBatch: number,
  ) {
    this.gamma = new Moving(neurons, 1);
    this.beta = new Moving(neurons, 0);
    this.runningMean = new Float64Array(neurons);
    this.runningVariance = new Float64Array(neurons);
    this.mean = new Float64Array(neurons);
    this.inverse = new Float64Array(neurons);
    this.normalized = kernels.memory.allocate(4 * neurons * laneStride(maxBatch));
    this.signs = kernels.memory.allocate(neurons * bitRowBytes(maxBatch));
  }

  /**
   * Normalizes a batch and takes the signs.
   * @param product feature-major i32 [neurons][batch]
   * @param features out: bit matrix [batch][neurons]
   */
  forward(product: Address, batch: number, features: Address): void {
    const { kernels, neurons, normalized, signs } = this;
    const stride = laneStride(batch);
    const z = new Int32Array(kernels.memory.buffer, product, neurons * stride);
    const y = new Float32Array(kernels.memory.buffer, normalized, neurons * stride);
    for (let n = 0; n < neurons; n++) {
      const row = n * stride;
      let sum = 0;
      for (let b = 0; b < batch; b++) sum += z[row + b];
      const mean = sum / batch;
      let squares = 0;
      for (let b = 0; b < batch; b++) squares += (z[row + b] - mean) * (z[row + b] - mean);
      const inverse = 1 / Math.sqrt(squares / batch + EPSILON);
      this.mean[n] = mean;
      this.inverse[n] = inverse;
      this.remember(n, mean, squares / Math.max(1, batch - 1));
      const slope = this.gamma.value[n] * inverse;
      const offset = this.beta.value[n] - slope * mean;
      for (let b = 0; b < batch; b++) y[row + b] = slope * z[row + b] + offset;
    }
    this.steps++;
    kernels.packSigns(normalized, neurons, batch, stride, signs);
    kernels.transposeBits(signs, neurons, batch, features);
  }

  /**
   * Through the sign and the normalization of the last batch, in place.
   * @param product as {@link forward} took it
   * @param gradient feature-major f32 [neurons][batch]: ∂loss/∂a, then ∂loss/∂z
   */
  backward(product: Address, batch: number, gradient: Address): void {
    const { kernels, neurons, normalized } = this;
    const stride = laneStride(batch);
    const z = new Int32Array(kernels.memory.buffer, product, neurons * stride);
    const y = new Float32Array(kernels.memory.buffer, normalized, neurons * stride);
    const g = new Float32Array(kernels.memory.buffer, gradient, neurons * stride);
    for (let n = 0; n < neurons; n++) {
      const row = n * stride;
      const mean = this.mean[n];
      const inverse = this.inverse[n];
      let toBeta = 0;
      let toGamma = 0;
      for (let b = row; b < row + batch; b++) {
        if (Math.abs(y[b]) > 1) g[b] = 0;
        toBeta += g[b];
        toGamma += g[b] * (z[b] - mean) * inverse;
      }
      const slope = this.gamma.value[n] * inverse;
      for (let b = row; b < row + batch; b++) {
        g[b] = slope * (g[b] - (toBeta + (z[b] - mean) * inverse * toGamma) / batch);
      }
      this.beta.gradient[n] = toBeta;
      this.gamma.gradient[n] = toGamma;
    }
  }

  /** One step of Adam (arXiv 1412.6980) on γ and β with the gradients of the last batch. */
  step(learningRate: number): void {
    this.gamma.step(learningRate);
    this.beta.step(learningRate);
  }

  /** What inference normalizes with; copies. */
  parameters(): BatchNorm {
    return {
      gamma: this.gamma.value.slice(),
      beta: this.beta.value.slice(),
      mean: this.runningMean.slice(),
      variance: this.runningVariance.slice(),
      epsilon: EPSILON,
    };
  }

  private remember(n: number, mean: number, variance: number): void {
    const kept = this.steps === 0 ? 0 : MOMENTUM;
    this.runningMean[n] = kept * this.runningMean[n] + (1 - kept) * mean;
    this.runningVariance[n] = kept * this.runningVariance[n] + (1 - kept) * variance;
  }
}

/** Numbers, one a neuron, that Adam moves. */
class Moving {
  readonly value: Float64Array;
  readonly gradient: Float64Array;
  private readonly first: Float64Array;
  private readonly second: Float64Array;
  private power1 = 1;
  private power2 = 1;

  constructor(neurons: number, start: number) {
    this.value = new Float64Array(neurons).fill(start);
    this.gradient = new Float64Array(neurons);
    this.first = new Float64Array(neurons);
    this.second = new Float64Array(neurons);
  }

  step(learningRate: number): void {
    const { value, gradient, first, second } = this;
    const { beta1, beta2, epsilon } = ADAM;
    this.power1 *= beta1;
    this.power2 *= beta2;
    for (let n = 0; n < value.length; n++) {
      first[n] = beta1 * first[n] + (1 - beta1) * gradient[n];
      second[n] = beta2 * second[n] + (1 - beta2) * gradient[n] * gradient[n];
      const spread = Math.sqrt(second[n] / (1 - this.power2)) + epsilon;
      value[n] -= (learningRate * first[n]) / (1 - this.power1) / spread;
    }
  }
}
