/**
 * Between the two orders of latents: *parameter order* ([layer][neuron][input], what rules, frames
 * and models use) and *tile-major* ([⌈neurons/16⌉][inputs][16], what the kernels use).
 */
import { powerOfTwo } from '../kernels/math.js';
import type { GlobalModel } from '../rules/rule.js';
import type { LayerShape } from './layer-shape.js';

/** f32 elements of a layer's tile-major latents, lanes of absent neurons included. */
export function tiledLength(layer: LayerShape): number {
  return ((layer.neurons + 15) >> 4) * layer.inputs * 16;
}

/** Writes one layer's global latents, as f32 values, tile-major. `offset`: its first parameter. */
export function loadTiles(
  model: GlobalModel,
  offset: number,
  layer: LayerShape,
  tiles: Float32Array,
): void {
  const unit = powerOfTwo(-model.fraction);
  tiles.fill(0);
  for (let n = 0; n < layer.neurons; n++) {
    const row = offset + n * layer.inputs;
    const tile = (n >> 4) * layer.inputs * 16 + (n & 15);
    for (let k = 0; k < layer.inputs; k++) tiles[tile + k * 16] = model.latents[row + k] * unit;
  }
}

/** Reads one layer's tile-major latents back into parameter order. */
export function storeTiles(
  tiles: Float32Array,
  offset: number,
  layer: LayerShape,
  latents: Float32Array,
): void {
  for (let n = 0; n < layer.neurons; n++) {
    const row = offset + n * layer.inputs;
    const tile = (n >> 4) * layer.inputs * 16 + (n & 15);
    for (let k = 0; k < layer.inputs; k++) latents[row + k] = tiles[tile + k * 16];
  }
}

/**
 * Packs one layer's global latents: a bit matrix [neurons][inputs] of latent ≥ threshold, which is
 * the sign for a threshold of 0.
 */
export function packWeights(
  model: GlobalModel,
  offset: number,
  layer: LayerShape,
  threshold: number,
  rowBytes: number,
  weights: Uint8Array,
): void {
  weights.fill(0);
  const limit = Math.ceil(threshold * powerOfTwo(model.fraction));
  for (let n = 0; n < layer.neurons; n++) {
    const row = offset + n * layer.inputs;
    const to = n * rowBytes;
    // The sign bit of a difference, turned: 1 where it is not negative.
    for (let k = 0; k < layer.inputs; k++) {
      weights[to + (k >> 3)] |= (~(model.latents[row + k] - limit) >>> 31) << (k & 7);
    }
  }
}
