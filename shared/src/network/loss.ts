/**
 * The losses of a head, by `task.training.loss`: what is true of a batch goes in with {@link Loss.load},
 * the output layer's product comes out as a mean loss and a gradient.
 */
import { type Address, bitRowBytes, type Kernels, laneStride } from '../kernels/kernels.js';
import type { Task } from '../task/task.js';
import type { LayerMemory } from './head-memory.js';
import type { LabeledBits } from './labeled-bits.js';

export interface Loss {
  /** Takes in what is true of the chosen samples. */
  load(data: LabeledBits, samples: Uint32Array): void;
  /**
   * Mean loss of the loaded samples.
   * @param magnitudes f32 [outputs], the factors α_n of scaled weights, else 0
   * @param gradient out: feature-major f32 [outputs][batch], ∂loss/∂z
   */
  evaluate(batch: number, magnitudes: Address, gradient: Address): number;
}

/** Makes the loss of a task; its buffers are allocated here, once. */
export function createLoss(
  kernels: Kernels,
  task: Task,
  output: LayerMemory,
  maxBatch: number,
): Loss {
  const unit = task.head.logitScale / Math.sqrt(output.inputs);
  const scales = kernels.memory.allocate(4 * output.neurons);
  const fillScales = (magnitudes: Address) => {
    const factors = new Float32Array(kernels.memory.buffer, scales, output.neurons).fill(unit);
    if (magnitudes === 0) return;
    const alphas = new Float32Array(kernels.memory.buffer, magnitudes, output.neurons);
    for (let n = 0; n < factors.length; n++) factors[n] = task.head.logitScale * alphas[n];
  };
  return task.training.loss === 'softmax-cross-entropy'
    ? softmax(kernels, output, maxBatch, unit, scales, fillScales)
    : oneAgainstAll(kernels, task, output, maxBatch, scales, fillScales);
}

function softmax(
  kernels: Kernels,
  { product, neurons }: LayerMemory,
  maxBatch: number,
  unit: number,
  scales: Address,
  fillScales: (magnitudes: Address) => void,
): Loss {
  const labels = kernels.memory.allocate(4 * laneStride(maxBatch));
  return {
    load(data, samples) {
      if (!('labels' in data)) throw new TypeError('softmax of multi-label data');
      const chosen = new Int32Array(kernels.memory.buffer, labels, samples.length);
      for (let i = 0; i < samples.length; i++) chosen[i] = data.labels[samples[i]];
    },
    evaluate(batch, magnitudes, gradient) {
      if (magnitudes === 0) {
        return kernels.softmaxCrossEntropy(product, unit, labels, neurons, batch, gradient);
      }
      fillScales(magnitudes);
      return kernels.scaledSoftmaxCrossEntropy(product, scales, labels, neurons, batch, gradient);
    },
  };
}

/** Each output against a bit of its own; of one label, its output's bit alone is set. */
function oneAgainstAll(
  kernels: Kernels,
  { training, classification }: Task,
  { product, neurons }: LayerMemory,
  maxBatch: number,
  scales: Address,
  fillScales: (magnitudes: Address) => void,
): Loss {
  const rowBytes = bitRowBytes(neurons);
  const rows = kernels.memory.allocate(maxBatch * rowBytes);
  const targets = kernels.memory.allocate(neurons * bitRowBytes(maxBatch));
  const evaluate =
    training.loss === 'squared-hinge' ? kernels.squaredHinge : kernels.sigmoidCrossEntropy;
  return {
    load(data, samples) {
      const bytes = new Uint8Array(kernels.memory.buffer, rows, samples.length * rowBytes).fill(0);
      for (let i = 0; i < samples.length; i++) {
        if ('targets' in data) {
          bytes.set(data.targets.row(samples[i]), i * rowBytes);
          continue;
        }
        const label = data.labels[samples[i]];
        if (classification === 'binary') bytes[i * rowBytes] = label;
        else bytes[i * rowBytes + (label >> 3)] = 1 << (label & 7);
      }
      kernels.transposeBits(rows, samples.length, neurons, targets);
    },
    evaluate(batch, magnitudes, gradient) {
      fillScales(magnitudes);
      return evaluate(product, scales, targets, neurons, batch, gradient);
    },
  };
}
