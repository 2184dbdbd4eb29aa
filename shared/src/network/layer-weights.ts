/**
 * From latents to weights, and the product with them. Three kinds:
 *
 * - `binary`: w = sign(h).
 * - `scaled`: w = α_n · sign(h), α_n = mean_k |h_nk| (XNOR-Net, arXiv 1603.05279, §3.1). α_n is not
 *   negative, so the activations sign(z) are those of `binary`. It stands for 1/√K in the logits, in
 *   the straight-through window and in the gradient passed down: w is then of the size of h.
 * - `ternary`: w = −1 below −t, 0 in [−t, t), +1 from t on (ternary weight networks, arXiv
 *   1605.04711, with a fixed t). Two ±1 planes, u = [h ≥ −t] and v = [h ≥ t], hold it as
 *   w = (u + v)/2; they are stacked, so that every kernel sees one matrix of 2 · neurons rows.
 */
import { type Address, bitRowBytes, type Kernels, laneStride } from '../kernels/kernels.js';
import type { GlobalModel } from '../rules/rule.js';
import type { Task } from '../task/task.js';
import { packWeights } from './latents.js';
import type { LayerShape } from './layer-shape.js';

/** t where a task does not give it: half of the built-in initial range. */
const TERNARY_THRESHOLD = 0.05;

/** A layer with the addresses of some of its buffers, as a head's memory names them. */
type With<Buffer extends string> = LayerShape & Readonly<Record<Buffer, Address>>;

/** ±1 planes of a layer's weights. */
export function planes(layer: LayerShape): 1 | 2 {
  return layer.weightKind === 'ternary' ? 2 : 1;
}

/** The smallest latent whose bit is set, a plane each. */
export function planeThresholds(task: Task, layer: LayerShape): readonly number[] {
  if (layer.weightKind !== 'ternary') return [0];
  const t = Math.fround(task.head.ternaryThreshold ?? TERNARY_THRESHOLD);
  return [-t, t];
}

/** Packs a global model's latents of one layer; `offset`: its first parameter. */
export function loadLayerWeights(
  kernels: Kernels,
  task: Task,
  layer: With<'weights'> & { readonly offset: number },
  model: GlobalModel,
): void {
  const rowBytes = bitRowBytes(layer.inputs);
  const size = layer.neurons * rowBytes;
  planeThresholds(task, layer).forEach((threshold, plane) => {
    const weights = new Uint8Array(kernels.memory.buffer, layer.weights + plane * size, size);
    packWeights(model, layer.offset, layer, threshold, rowBytes, weights);
  });
}

/** Packs ternary weights from a layer's own latents, after a step that changed them. */
export function repackTernary(
  kernels: Kernels,
  task: Task,
  layer: With<'weights'>,
  latents: Address,
): void {
  const { neurons, inputs, weights } = layer;
  const size = neurons * bitRowBytes(inputs);
  planeThresholds(task, layer).forEach((threshold, plane) => {
    kernels.packLatents(latents, threshold, neurons, inputs, weights + plane * size);
  });
}

/** For scaled weights Σ_k |h_nk| in units of the latents, which is α_n but for a common factor; else 1. */
export function logitFactors(
  model: GlobalModel,
  { weightKind, neurons, inputs, offset }: LayerShape & { readonly offset: number },
): Float64Array {
  const factors = new Float64Array(neurons);
  if (weightKind !== 'scaled') return factors.fill(1);
  for (let n = 0; n < neurons; n++) {
    for (let k = 0; k < inputs; k++) {
      factors[n] += Math.abs(model.latents[offset + n * inputs + k]);
    }
  }
  return factors;
}

/**
 * The layer's exact integer product z = Σ_k w · x, without the scaling factors.
 * @param columns rows of the layer's input: samples, or pixels of samples
 */
export function layerProduct(
  kernels: Kernels,
  layer: With<'weights' | 'input' | 'product'>,
  columns: number,
): void {
  const { weights, input, product, neurons, inputs } = layer;
  kernels.xnorProduct(weights, input, planes(layer) * neurons, columns, inputs, product);
  if (planes(layer) === 1) return;
  const length = neurons * laneStride(columns);
  const both = new Int32Array(kernels.memory.buffer, product, 2 * length);
  // Both planes' products have the parity of the inputs: their sum is even.
  for (let i = 0; i < length; i++) both[i] = (both[i] + both[i + length]) >> 1;
}
