/**
 * A 3×3 convolution is the product of its filters with the neighborhoods of every pixel (im2col).
 * Max-pooling stands before the sign: of signs it would give +1 nearly everywhere (XNOR-Net, arXiv
 * 1603.05279, §3.2). So it would of sums about 0, too: the sign is taken about √K, K the fan-in. A
 * sum of K random signs has that deviation, and the largest of four independent normal numbers has
 * its median at Φ⁻¹(2^(−1/4)) = 0.998 deviations.
 */
import { bitRowBytes, laneStride } from '../kernels/kernels.js';
import type { MakeLayerFlow } from './layer-flow.js';
import { outputMap } from './layer-shape.js';

export const convolutionFlow: MakeLayerFlow = (kernels, shape, maxBatch) => {
  const { neurons, inputs, map, positions, pool } = shape;
  const { width, height, channels } = map;
  const after = outputMap(shape);
  const outputs = after.width * after.height;
  const allocate = (bytes: number) => kernels.memory.allocate(bytes);
  /** Room for f32 or i32 [rows][batch·pixels]. */
  const matrix = (rows: number, pixels: number) =>
    allocate(4 * rows * laneStride(maxBatch * pixels));

  const features = allocate(maxBatch * bitRowBytes(positions * channels));
  const input = allocate(maxBatch * positions * bitRowBytes(inputs));
  const product = matrix(neurons, positions);
  const preactivation = pool ? matrix(neurons, outputs) : product;
  const winners = pool ? allocate(neurons * laneStride(maxBatch * outputs)) : 0;
  /** Bit matrix [batch·outputs][neurons]: the signs by pixels. */
  const signs = allocate(maxBatch * outputs * bitRowBytes(neurons));

  return {
    features,
    input,
    product,
    preactivation,
    outputs,
    gather(batch) {
      kernels.unfold(features, batch, height, width, channels, input);
    },
    activate(batch, above) {
      if (pool) {
        const median = Math.floor(Math.sqrt(inputs));
        kernels.maxPool(product, median, neurons, batch, height, width, preactivation, winners);
      }
      kernels.activate(preactivation, 0, neurons, batch * outputs, signs);
      kernels.reshapeBits(signs, batch * outputs, neurons, above, outputs * neurons);
    },
    backward(below) {
      const gradient = matrix(neurons, positions);
      const preactivationGradient = pool ? matrix(neurons, outputs) : gradient;
      const inputGradient = below === 0 ? 0 : matrix(inputs, positions);
      return {
        gradient,
        preactivationGradient,
        inputGradient,
        unpool(batch) {
          if (!pool) return;
          const from = preactivationGradient;
          kernels.maxPoolGradient(from, winners, neurons, batch, height, width, gradient);
        },
        scatter(batch) {
          kernels.fold(inputGradient, batch, height, width, channels, below);
        },
      };
    },
  };
};
