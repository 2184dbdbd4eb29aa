/** A table of a head's layers: what Larq's `summary` prints, for ours. */
import type { Task } from '../task/task.js';
import { headLayers } from './head.js';

export interface LayerDescription {
  readonly name: string;
  readonly inputs: number;
  readonly neurons: number;
  /** Latents that are trained and voted on; 0 for a fixed code. */
  readonly parameters: number;
  /** Bytes of the packed weights on a device. */
  readonly weightBytes: number;
  /** XNOR-popcount multiply-accumulates a sample. */
  readonly binaryMacs: number;
}

/** The layers of a task's head, in order. */
export function describeHead(task: Task): LayerDescription[] {
  return headLayers(task).map((layer, l) => ({
    name: layer.trained ? `binary ${l + 1}` : 'hadamard code',
    inputs: layer.inputs,
    neurons: layer.neurons,
    parameters: layer.trained ? layer.inputs * layer.neurons : 0,
    weightBytes: Math.ceil((layer.inputs * layer.neurons) / 8),
    binaryMacs: layer.inputs * layer.neurons,
  }));
}
