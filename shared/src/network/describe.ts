/** A table of a head's layers: what Larq's `summary` prints, for ours. */
import { isBinary } from '../task/rule-settings.js';
import type { Task } from '../task/task.js';
import { headLayers } from './head.js';
import type { LayerShape, WeightKind } from './layer-shape.js';
import { planes } from './layer-weights.js';

export interface LayerDescription {
  readonly name: string;
  readonly inputs: number;
  readonly neurons: number;
  /** Latents that are trained and voted on; 0 for a fixed code. */
  readonly parameters: number;
  readonly weights: WeightKind;
  /** Bytes of the packed weights on a device, scaling factors (f32) included. */
  readonly weightBytes: number;
  /** XNOR-popcount multiply-accumulates a sample. */
  readonly binaryMacs: number;
}

/** The layers of a task's head, in order. */
export function describeHead(task: Task): LayerDescription[] {
  const binary = isBinary(task.federation.rule);
  return headLayers(task).map((layer, l) => ({
    name: layer.trained ? `${nameOf(layer, binary)} ${l + 1}` : 'hadamard code',
    inputs: layer.inputs,
    neurons: layer.neurons,
    parameters: layer.trained ? layer.inputs * layer.neurons : 0,
    weights: layer.weightKind,
    weightBytes: binary ? weightBytes(layer) : 4 * layer.inputs * layer.neurons,
    binaryMacs: binary ? planes(layer) * layer.inputs * layer.neurons * layer.positions : 0,
  }));
}

function nameOf({ kind, weightKind }: LayerShape, binary: boolean): string {
  if (!binary) return 'real';
  return kind === 'dense' ? weightKind : kind;
}

function weightBytes(layer: LayerShape): number {
  const packed = Math.ceil((planes(layer) * layer.inputs * layer.neurons) / 8);
  return layer.weightKind === 'scaled' ? packed + 4 * layer.neurons : packed;
}
