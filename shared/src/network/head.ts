/**
 * The shape of a binary head: L → H₁ → … → K, weights and activations ±1.
 *
 * Hidden layer: a = sign(x·W), where x·W is an integer; its real-valued pre-activation, which only
 * training sees, is that integer / √fan-in. Output: integer logits × τ/√fan-in, never binarized.
 */
import { FederationError } from '../protocol/errors.js';
import type { Task } from '../task/task.js';

export interface LayerShape {
  readonly neurons: number;
  readonly inputs: number;
  /** False for the fixed output code: it has no latents and is never sent. */
  readonly trained: boolean;
}

/** The layers of a task's head, in order; the last one gives the logits. */
export function headLayers(task: Task): LayerShape[] {
  const layers: LayerShape[] = [];
  let inputs = task.extractor.bits;
  for (const neurons of task.head.hidden) {
    layers.push({ neurons, inputs, trained: true });
    inputs = neurons;
  }
  layers.push({
    neurons: task.labels.length,
    inputs,
    trained: task.head.outputLayer === 'trained',
  });
  return layers;
}

/** How many latents the head has: the length of a global model. */
export function parameterCount(task: Task): number {
  return headLayers(task)
    .filter((layer) => layer.trained)
    .reduce((sum, layer) => sum + layer.neurons * layer.inputs, 0);
}

/**
 * Checks what the schema cannot: that the parts of a task fit together.
 * @throws FederationError `bad-request` naming the fields
 */
export function checkHead(task: Task): void {
  const lastHidden = task.head.hidden[task.head.hidden.length - 1];
  if (task.head.outputLayer === 'hadamard' && task.labels.length >= lastHidden) {
    throw new FederationError(
      'bad-request',
      `task ${task.id}: field "head.hidden" ends with ${lastHidden} neurons, but a Hadamard code for ${task.labels.length} labels needs more neurons than labels; widen the last hidden layer`,
    );
  }
  const { goal, minimum, ready, overSelect } = task.federation;
  if (minimum > goal) {
    throw new FederationError(
      'bad-request',
      `task ${task.id}: field "federation.minimum" (${minimum}) must be at most "federation.goal" (${goal})`,
    );
  }
  if (ready < Math.ceil(goal * overSelect)) {
    throw new FederationError(
      'bad-request',
      `task ${task.id}: field "federation.ready" (${ready}) must be at least goal × overSelect (${Math.ceil(goal * overSelect)})`,
    );
  }
}
