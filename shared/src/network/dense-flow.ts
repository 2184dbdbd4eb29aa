/** A dense layer takes a flat feature map as it is and signs its product as it is. */
import { bitRowBytes, laneStride } from '../kernels/kernels.js';
import type { MakeLayerFlow } from './layer-flow.js';
import { planes } from './layer-weights.js';

export const denseFlow: MakeLayerFlow = (kernels, shape, maxBatch) => {
  const { neurons, inputs, map } = shape;
  const allocate = (bytes: number) => kernels.memory.allocate(bytes);
  const input = allocate(maxBatch * bitRowBytes(inputs));
  const product = allocate(4 * planes(shape) * neurons * laneStride(maxBatch));
  return {
    features: input,
    input,
    product,
    preactivation: product,
    outputs: 1,
    gather() {},
    activate(batch, features) {
      kernels.activate(product, 0, neurons, batch, features);
    },
    backward(below) {
      const gradient = allocate(4 * planes(shape) * neurons * laneStride(maxBatch));
      const pixels = map.width * map.height;
      // Flat or by pixels is the same for a single pixel, and for no layer below.
      const direct = pixels === 1 || below === 0;
      const inputGradient = direct ? below : allocate(4 * inputs * laneStride(maxBatch));
      return {
        gradient,
        preactivationGradient: gradient,
        inputGradient,
        unpool() {},
        scatter(batch) {
          if (direct) return;
          kernels.unflattenGradient(inputGradient, batch, pixels, map.channels, below);
        },
      };
    },
  };
};
