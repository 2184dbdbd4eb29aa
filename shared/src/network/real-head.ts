/**
 * A real-valued head of the same shape as the binary one: a multilayer perceptron on the same ±1
 * latent bits, rectified linear units, no biases. The fixed output code, where the task has one, is
 * scaled as in the binary head; a trained output layer is not.
 *
 *   z = x·W (first layer: x = ±1),  a = max(0, z),  logits = a·W, or τ/√H · a·V
 *
 * f32 storage. A sum is taken in f64 over four terms at a time, in ascending order, and rounded to
 * f32 when stored: by the language's own rules the same bytes on every engine.
 */
import type { BitMatrix } from '../kernels/bits.js';
import { exp, log, powerOfTwo } from '../kernels/math.js';
import type { GlobalModel } from '../rules/rule.js';
import type { Task } from '../task/task.js';
import { hadamardCode } from './hadamard.js';
import { headLayers } from './head.js';
import type { LayerShape } from './layer-shape.js';

/** One layer's weights and batch-sized buffers. */
export interface RealLayer extends LayerShape {
  /** Index of its first parameter in parameter order; meaningless if not trained. */
  readonly offset: number;
  /** [inputs][neurons]. */
  readonly weights: Float32Array;
  /** ∂loss/∂weights, [inputs][neurons]; empty if not trained. */
  readonly weightGradient: Float32Array;
  /** [batch][inputs]. */
  readonly input: Float32Array;
  /** ∂loss/∂output, [batch][neurons]. */
  readonly gradient: Float32Array;
}

export class RealHead {
  readonly layers: readonly RealLayer[];
  /** [batch][classes]. */
  readonly logits: Float32Array;

  constructor(
    readonly task: Task,
    readonly maxBatch: number,
  ) {
    let offset = 0;
    this.layers = headLayers(task).map((shape) => {
      const size = shape.inputs * shape.neurons;
      const layer = {
        ...shape,
        offset,
        weights: new Float32Array(size),
        weightGradient: new Float32Array(shape.trained ? size : 0),
        input: new Float32Array(maxBatch * shape.inputs),
        gradient: new Float32Array(maxBatch * shape.neurons),
      };
      if (shape.trained) offset += size;
      return layer;
    });
    const output = this.layers[this.layers.length - 1];
    this.logits = new Float32Array(maxBatch * output.neurons);
    if (!output.trained) loadCode(output, task.head.logitScale);
  }

  /** Sets the trained layers' weights to a global model's latents. */
  load({ latents, fraction }: GlobalModel): void {
    const unit = powerOfTwo(-fraction);
    for (const { trained, offset, inputs, neurons, weights } of this.layers) {
      if (!trained) continue;
      for (let n = 0; n < neurons; n++) {
        const row = offset + n * inputs;
        for (let k = 0; k < inputs; k++) weights[k * neurons + n] = latents[row + k] * unit;
      }
    }
  }

  /** The trained layers' weights in parameter order. */
  latents(parameters: number): Float32Array {
    const all = new Float32Array(parameters);
    for (const { trained, offset, inputs, neurons, weights } of this.layers) {
      if (!trained) continue;
      for (let n = 0; n < neurons; n++) {
        const row = offset + n * inputs;
        for (let k = 0; k < inputs; k++) all[row + k] = weights[k * neurons + n];
      }
    }
    return all;
  }

  /** The logits of the given samples, at most `maxBatch` of them. */
  forward(bits: BitMatrix, samples: Uint32Array): Float32Array {
    const { layers, logits } = this;
    unpack(bits, samples, layers[0].input);
    for (let l = 0; l < layers.length; l++) {
      const next = layers[l + 1]?.input;
      const output = next ?? logits;
      multiply(layers[l], samples.length, output);
      if (next !== undefined) rectify(next, samples.length * layers[l].neurons);
    }
    return logits;
  }

  /**
   * Softmax cross-entropy of the last {@link forward}, and all weight gradients.
   * @returns the mean loss
   */
  backward(labels: Int32Array, samples: Uint32Array): number {
    const { layers, logits } = this;
    const batch = samples.length;
    const last = layers.length - 1;
    const loss = crossEntropy(logits, labels, samples, layers[last]);
    for (let l = last; l >= 0; l--) {
      if (layers[l].trained) weightGradient(layers[l], batch);
      if (l > 0) inputGradient(layers[l], batch, layers[l - 1].gradient);
    }
    return loss;
  }
}

function loadCode({ inputs, neurons, weights }: RealLayer, logitScale: number): void {
  const code = hadamardCode(neurons, inputs);
  const scale = logitScale / Math.sqrt(inputs);
  for (let k = 0; k < inputs; k++) {
    for (let n = 0; n < neurons; n++) weights[k * neurons + n] = code.get(n, k) ? scale : -scale;
  }
}

function unpack({ bytes, cols, rowBytes }: BitMatrix, samples: Uint32Array, rows: Float32Array) {
  for (let b = 0; b < samples.length; b++) {
    const from = samples[b] * rowBytes;
    const to = b * cols;
    for (let k = 0; k < cols; k++) rows[to + k] = ((bytes[from + (k >> 3)] >> (k & 7)) & 1) * 2 - 1;
  }
}

/** output[b][n] = Σ_k input[b][k] · weights[k][n]. */
function multiply(layer: RealLayer, batch: number, output: Float32Array): void {
  const { inputs, neurons, weights, input } = layer;
  output.fill(0, 0, batch * neurons);
  for (let b = 0; b < batch; b++) {
    addRows(output, b * neurons, weights, neurons, input, b * inputs, 1, inputs);
  }
}

/** weightGradient[k][n] = Σ_b input[b][k] · gradient[b][n]. */
function weightGradient(layer: RealLayer, batch: number): void {
  const { inputs, neurons, input, gradient, weightGradient: sums } = layer;
  sums.fill(0);
  for (let k = 0; k < inputs; k++) {
    addRows(sums, k * neurons, gradient, neurons, input, k, inputs, batch);
  }
}

/** to[at + n] += Σ_r factors[first + r · stride] · rows[r][n], four rows r at a time. */
function addRows(
  to: Float32Array,
  at: number,
  rows: Float32Array,
  width: number,
  factors: Float32Array,
  first: number,
  stride: number,
  count: number,
): void {
  let r = 0;
  for (; r + 4 <= count; r += 4) {
    const f0 = factors[first + r * stride];
    const f1 = factors[first + (r + 1) * stride];
    const f2 = factors[first + (r + 2) * stride];
    const f3 = factors[first + (r + 3) * stride];
    const r0 = r * width;
    const r1 = r0 + width;
    const r2 = r1 + width;
    const r3 = r2 + width;
    for (let n = 0; n < width; n++) {
      to[at + n] =
        to[at + n] + f0 * rows[r0 + n] + f1 * rows[r1 + n] + f2 * rows[r2 + n] + f3 * rows[r3 + n];
    }
  }
  for (; r < count; r++) {
    const f0 = factors[first + r * stride];
    for (let n = 0; n < width; n++) to[at + n] = to[at + n] + f0 * rows[r * width + n];
  }
}

/** below[b][k] = Σ_n gradient[b][n] · weights[k][n] where the unit k was active, else 0. */
function inputGradient(layer: RealLayer, batch: number, below: Float32Array): void {
  const { inputs, neurons, weights, input, gradient } = layer;
  for (let b = 0; b < batch; b++) {
    for (let k = 0; k < inputs; k++) {
      const at = b * inputs + k;
      let sum = 0;
      if (input[at] > 0) {
        for (let n = 0; n < neurons; n++) {
          sum += gradient[b * neurons + n] * weights[k * neurons + n];
        }
      }
      below[at] = sum;
    }
  }
}

function rectify(values: Float32Array, length: number): void {
  for (let i = 0; i < length; i++) values[i] = Math.max(0, values[i]);
}

/** Mean of −ln softmax(logits)[label]; its gradient goes to the layer's. */
function crossEntropy(
  logits: Float32Array,
  labels: Int32Array,
  samples: Uint32Array,
  { neurons, gradient }: RealLayer,
): number {
  const batch = samples.length;
  let loss = 0;
  for (let b = 0; b < batch; b++) {
    const row = b * neurons;
    let largest = logits[row];
    for (let c = 1; c < neurons; c++) largest = Math.max(largest, logits[row + c]);
    let sum = 0;
    for (let c = 0; c < neurons; c++) sum += exp(logits[row + c] - largest);
    const label = labels[samples[b]];
    loss += log(sum) - (logits[row + label] - largest);
    for (let c = 0; c < neurons; c++) {
      const probability = exp(logits[row + c] - largest) / sum;
      gradient[row + c] = (probability - (c === label ? 1 : 0)) / batch;
    }
  }
  return loss / batch;
}
