/** Gradients through weights and through the sign of an activation. Columns are samples, or pixels of samples. */
import { type Address, type Kernels, laneStride } from '../kernels/kernels.js';
import type { LayerMemory } from './head-memory.js';
import { planes } from './layer-weights.js';

/**
 * ∂loss/∂activation of the layer's inputs: Wᵀ · ∂loss/∂z; twice that for ternary weights, since
 * uᵀ·g + vᵀ·g = 2 · wᵀ·g. {@link throughSign} takes the factor back.
 * @param weightsTransposed bit matrix [inputs][planes · neurons]
 * @param gradient feature-major f32 with room for [planes · neurons][columns]
 */
export function throughWeights(
  kernels: Kernels,
  layer: LayerMemory,
  columns: number,
  weightsTransposed: Address,
  gradient: Address,
  out: Address,
): void {
  const { neurons, inputs } = layer;
  const stride = laneStride(columns);
  if (planes(layer) === 2) {
    const length = neurons * stride;
    new Float32Array(kernels.memory.buffer, gradient, 2 * length).copyWithin(length, 0, length);
  }
  const terms = planes(layer) * neurons;
  kernels.signProduct(weightsTransposed, inputs, terms, gradient, stride, 1, columns, out);
}

/**
 * Straight-through estimator: ∂loss/∂z of `below` from ∂loss/∂activation, in place. The
 * pre-activation is z / √K, or α_n · z of scaled weights; its gradient passes where it is in [−1, 1].
 * @param magnitudes f32 [neurons], the factors α_n; 0 where the weights are not scaled
 */
export function throughSign(
  kernels: Kernels,
  below: LayerMemory,
  above: LayerMemory,
  columns: number,
  magnitudes: Address,
  gradient: Address,
): void {
  const { preactivation, neurons, inputs } = below;
  const share = 1 / planes(above);
  if (magnitudes === 0) {
    const root = Math.sqrt(inputs);
    // For an integer z, |z| / √K ≤ 1 is |z| ≤ ⌊√K⌋.
    kernels.maskGradient(preactivation, Math.floor(root), share / root, neurons, columns, gradient);
    return;
  }
  const rowBytes = 4 * laneStride(columns);
  const alphas = new Float32Array(kernels.memory.buffer, magnitudes, neurons);
  alphas.forEach((alpha, n) => {
    const at = n * rowBytes;
    kernels.maskGradient(preactivation + at, 1 / alpha, share * alpha, 1, columns, gradient + at);
  });
}
