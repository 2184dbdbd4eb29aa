/**
 * The specification of the kernels in plain TypeScript. Every float operation is written out in its
 * order and rounded to f32 by `Math.fround`, as WebAssembly rounds it: other implementations give
 * the same bytes or are wrong.
 *
 * ## The order of a sign × float product
 * Terms are taken in groups of six, s = 6g … 6g + 5, missing terms being 0. With t_i = ±f_i:
 *
 *   entry_g = ((t₀ + t₁) + t₂) + ((t₃ + t₄) + t₅)
 *   out     = (((0 + entry₀) + entry₁) + …)
 *
 * so that a table of the 64 entries of a group, made of two tables of 8, gives the same bytes.
 */
import {
  type AdamStep,
  type Address,
  bitRowBytes,
  type KernelMemory,
  type Kernels,
  type LayerStep,
  laneStride,
  type SgdStep,
} from './kernels.js';
import { exp, log } from './math.js';

const f = Math.fround;

/** Plain-TypeScript kernels on a memory of their own. */
export function createReferenceKernels(): Kernels {
  return new ReferenceKernels();
}

class GrowingMemory implements KernelMemory {
  private bytes = new ArrayBuffer(1 << 16);
  private used = 16;

  get buffer(): ArrayBuffer {
    return this.bytes;
  }

  allocate(bytes: number): Address {
    const address = this.used;
    this.used += (bytes + 15) & ~15;
    if (this.used > 2 ** 31) throw new RangeError(`no room for ${bytes} bytes of kernel memory`);
    if (this.used > this.bytes.byteLength) {
      const larger = new ArrayBuffer(Math.max(this.used, 2 * this.bytes.byteLength));
      new Uint8Array(larger).set(new Uint8Array(this.bytes));
      this.bytes = larger;
    }
    return address;
  }
}

class ReferenceKernels implements Kernels {
  readonly name = 'reference';
  readonly memory = new GrowingMemory();

  private bit(bits: Address, rowBytes: number, row: number, col: number): number {
    const bytes = new Uint8Array(this.memory.buffer, bits);
    return (bytes[row * rowBytes + (col >> 3)] >> (col & 7)) & 1;
  }

  private setRowBits(
    bits: Address,
    rows: number,
    cols: number,
    of: (r: number, c: number) => boolean,
  ) {
    const rowBytes = bitRowBytes(cols);
    const bytes = new Uint8Array(this.memory.buffer, bits, rows * rowBytes);
    bytes.fill(0);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < cols; c++) {
        if (of(r, c)) bytes[r * rowBytes + (c >> 3)] |= 1 << (c & 7);
      }
    }
  }

  packSigns(src: Address, rows: number, cols: number, stride: number, bits: Address): void {
    const values = new Float32Array(this.memory.buffer, src);
    this.setRowBits(bits, rows, cols, (r, c) => values[r * stride + c] >= 0);
  }

  transposeBits(src: Address, rows: number, cols: number, dst: Address): void {
    const rowBytes = bitRowBytes(cols);
    this.setRowBits(dst, cols, rows, (c, r) => this.bit(src, rowBytes, r, c) === 1);
  }

  xnorProduct(
    weights: Address,
    inputBits: Address,
    neurons: number,
    batch: number,
    inputs: number,
    out: Address,
  ): void {
    const rowBytes = bitRowBytes(inputs);
    const stride = laneStride(batch);
    const bytes = new Uint8Array(this.memory.buffer);
    const result = new Int32Array(this.memory.buffer, out);
    for (let n = 0; n < neurons; n++) {
      for (let b = 0; b < batch; b++) {
        let differing = 0;
        for (let i = 0; i < rowBytes; i++) {
          differing += popcount(
            bytes[weights + n * rowBytes + i] ^ bytes[inputBits + b * rowBytes + i],
          );
        }
        result[n * stride + b] = inputs - 2 * differing;
      }
    }
  }

  signProduct(
    bits: Address,
    rows: number,
    terms: number,
    fAddress: Address,
    termStride: number,
    lanesApart: number,
    lanes: number,
    out: Address,
  ): void {
    const result = new Float32Array(this.memory.buffer, out);
    const stride = laneStride(lanes);
    for (let r = 0; r < rows; r++) {
      for (let v = 0; v < lanes; v++) {
        result[r * stride + v] = this.signSum(
          bits,
          r,
          terms,
          fAddress + 4 * v * lanesApart,
          termStride,
        );
      }
    }
  }

  /** Σ_s ±f[s] in the order given at the top of this file. */
  private signSum(
    bits: Address,
    row: number,
    terms: number,
    fAddress: Address,
    termStride: number,
  ): number {
    const values = new Float32Array(this.memory.buffer);
    const rowBytes = bitRowBytes(terms);
    const term = (s: number) => {
      if (s >= terms) return 0;
      const value = values[(fAddress >> 2) + s * termStride];
      return this.bit(bits, rowBytes, row, s) === 1 ? value : -value;
    };
    let sum = 0;
    for (let s = 0; s < terms; s += 6) {
      const low = f(f(term(s) + term(s + 1)) + term(s + 2));
      const high = f(f(term(s + 3) + term(s + 4)) + term(s + 5));
      sum = f(sum + f(low + high));
    }
    return sum;
  }

  activate(z: Address, thresholds: Address, neurons: number, batch: number, bits: Address): void {
    const product = new Int32Array(this.memory.buffer, z);
    const limits = new Int32Array(this.memory.buffer, thresholds);
    const stride = laneStride(batch);
    this.setRowBits(
      bits,
      batch,
      neurons,
      (b, n) => product[n * stride + b] >= (thresholds === 0 ? 0 : limits[n]),
    );
  }

  maskGradient(
    z: Address,
    limit: number,
    scale: number,
    neurons: number,
    batch: number,
    gradient: Address,
  ): void {
    const product = new Int32Array(this.memory.buffer, z);
    const values = new Float32Array(this.memory.buffer, gradient);
    const stride = laneStride(batch);
    const factor = f(scale);
    for (let n = 0; n < neurons; n++) {
      for (let b = 0; b < batch; b++) {
        const at = n * stride + b;
        values[at] = Math.abs(product[at]) <= limit ? f(values[at] * factor) : 0;
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
    const product = new Int32Array(this.memory.buffer, z);
    const label = new Int32Array(this.memory.buffer, labels);
    const out = new Float32Array(this.memory.buffer, gradient);
    const stride = laneStride(batch);
    let total = 0;
    for (let b = 0; b < batch; b++) {
      let top = product[b];
      for (let c = 1; c < classes; c++) top = Math.max(top, product[c * stride + b]);
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += exp(scale * (product[c * stride + b] - top));
      total += log(sum) - scale * (product[label[b] * stride + b] - top);
      for (let c = 0; c < classes; c++) {
        const probability = exp(scale * (product[c * stride + b] - top)) / sum;
        out[c * stride + b] = ((probability - (c === label[b] ? 1 : 0)) * scale) / batch;
      }
    }
    return f(total / batch);
  }

  adamStep(layer: LayerStep, adam: AdamStep): void {
    const beta1 = f(adam.beta1);
    const beta2 = f(adam.beta2);
    const rest1 = f(1 - beta1);
    const rest2 = f(1 - beta2);
    const rate = f(f(adam.learningRate) * f(adam.correction1));
    const correction2 = f(adam.correction2);
    const epsilon = f(adam.epsilon);
    const first = new Float32Array(this.memory.buffer, adam.firstMoment);
    const second = new Float32Array(this.memory.buffer, adam.secondMoment);
    this.updateLatents(layer, (at, latent, gradient) => {
      first[at] = f(f(beta1 * first[at]) + f(rest1 * gradient));
      second[at] = f(f(beta2 * second[at]) + f(f(rest2 * gradient) * gradient));
      const root = f(Math.sqrt(f(second[at] * correction2)));
      return f(latent - f(f(rate * first[at]) / f(root + epsilon)));
    });
  }

  sgdStep(layer: LayerStep, sgd: SgdStep): void {
    const rate = f(sgd.learningRate);
    const momentum = f(sgd.momentum);
    const buffer = new Float32Array(this.memory.buffer, sgd.momentumBuffer);
    this.updateLatents(layer, (at, latent, gradient) => {
      buffer[at] = f(f(momentum * buffer[at]) + gradient);
      return f(latent - f(rate * buffer[at]));
    });
  }

  /** dW, the optimizer's rule for each latent, clip to [−1, 1], and the signs as weights. */
  private updateLatents(
    layer: LayerStep,
    rule: (at: number, latent: number, gradient: number) => number,
  ): void {
    const { neurons, inputs, batch, inputsTransposed, gradient, weights } = layer;
    const latents = new Float32Array(this.memory.buffer, layer.latents);
    const stride = laneStride(batch);
    const place = (n: number, k: number) => ((n >> 4) * inputs + k) * 16 + (n & 15);
    for (let n = 0; n < neurons; n++) {
      for (let k = 0; k < inputs; k++) {
        const slope = this.signSum(inputsTransposed, k, batch, gradient + 4 * n * stride, 1);
        const at = place(n, k);
        latents[at] = Math.min(1, Math.max(-1, rule(at, latents[at], slope)));
      }
    }
    this.setRowBits(weights, neurons, inputs, (n, k) => latents[place(n, k)] >= 0);
  }
}

function popcount(byte: number): number {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return count;
}
