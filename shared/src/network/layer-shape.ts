/** The shape of one layer of a head, and of what it takes and gives. */

import type { HeadSettings } from '../task/task.js';

export type WeightKind = NonNullable<HeadSettings['weights']>;

/** height × width pixels of `channels` bits each, in the order [y][x][channel]. */
export interface FeatureMap {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

export interface LayerShape {
  readonly kind: 'dense' | 'convolution';
  /** Neurons of a dense layer, filters of a convolution. */
  readonly neurons: number;
  /** Fan-in of a neuron: every bit of the map, or 9 · channels. */
  readonly inputs: number;
  /** False for the fixed output code: it has no latents and is never sent. */
  readonly trained: boolean;
  /** `binary` for the fixed output code. */
  readonly weightKind: WeightKind;
  /** What the layer takes; the bits of a dense layer are a map of one pixel. */
  readonly map: FeatureMap;
  /** How often a sample meets each neuron: at every pixel of a convolution, once if dense. */
  readonly positions: number;
  /** Whether 2×2 max-pooling stands between the product and its sign. */
  readonly pool: boolean;
}

export function mapBits({ width, height, channels }: FeatureMap): number {
  return width * height * channels;
}

/** What a layer of this shape makes of its map: the layer above takes it as its own. */
export function outputMap(layer: LayerShape): FeatureMap {
  const { kind, map, neurons, pool } = layer;
  if (kind === 'dense') return { width: 1, height: 1, channels: neurons };
  const shrunk = pool ? 1 : 0;
  return { width: map.width >> shrunk, height: map.height >> shrunk, channels: neurons };
}
