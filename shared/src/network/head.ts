/**
 * The shape of a binary head: L → H₁ → … → K, weights and activations ±1; convolutions may stand
 * before the dense layers.
 *
 * Hidden layer: a = sign(x·W), where x·W is an integer; its real-valued pre-activation, which only
 * training sees, is that integer / √fan-in. Output: integer logits × τ/√fan-in, never binarized.
 */
import { FederationError } from '../protocol/errors.js';
import { isBinary } from '../task/rule-settings.js';
import type { Task } from '../task/task.js';
import { checkConvolution, convolutionLayers } from './convolution-layers.js';
import { type LayerShape, mapBits, outputMap, type WeightKind } from './layer-shape.js';
import { checkRealHead } from './real-settings.js';

/** The layers of a task's head, in order; the last one gives the logits. */
export function headLayers(task: Task): LayerShape[] {
  const layers = convolutionLayers(task);
  const weightKind = task.head.weights ?? 'binary';
  const addDense = (neurons: number, trained: boolean, weightKind: WeightKind) => {
    const below = layers[layers.length - 1];
    const map = below ? outputMap(below) : { width: 1, height: 1, channels: task.extractor.bits };
    layers.push({
      ...{ kind: 'dense', neurons, inputs: mapBits(map), trained, weightKind },
      ...{ map, positions: 1, pool: false },
    });
  };
  for (const neurons of task.head.hidden) addDense(neurons, true, weightKind);
  const trained = task.head.outputLayer === 'trained';
  addDense(outputCount(task), trained, trained ? weightKind : 'binary');
  return layers;
}

/** Outputs of the head: one a label, but a single one for binary classification. */
export function outputCount(task: Task): number {
  return task.classification === 'binary' ? 1 : task.labels.length;
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
  checkConvolution(task);
  const lastHidden = task.head.hidden[task.head.hidden.length - 1];
  if (task.head.outputLayer === 'hadamard' && task.labels.length >= lastHidden) {
    throw new FederationError(
      'bad-request',
      `task ${task.id}: field "head.hidden" ends with ${lastHidden} neurons, but a Hadamard code for ${task.labels.length} labels needs more neurons than labels; widen the last hidden layer`,
    );
  }
  checkKinds(task);
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

function checkKinds(task: Task): void {
  if (!isBinary(task.federation.rule)) checkRealHead(task);
  const refuse = (message: string): never => {
    throw new FederationError('bad-request', `task ${task.id}: ${message}`);
  };
  const { classification = 'multiclass', head, labels, training } = task;
  if (classification === 'binary' && labels.length !== 2) {
    refuse(`field "classification" is binary, but there are ${labels.length} labels, not 2`);
  }
  if (classification !== 'multiclass' && training.loss === 'softmax-cross-entropy') {
    refuse(
      `field "training.loss" is softmax-cross-entropy, which is for multiclass, not ${classification} classification; take sigmoid-cross-entropy or squared-hinge`,
    );
  }
  if (training.optimizer.kind === 'bop' && head.weights === 'ternary') {
    refuse(
      'field "training.optimizer.kind" is bop, which flips signs, but ternary weights may be 0; take another optimizer, or binary or scaled weights',
    );
  }
  if (head.ternaryThreshold !== undefined && head.weights !== 'ternary') {
    refuse(
      'field "head.ternaryThreshold" is for ternary weights only; set "head.weights" to ternary',
    );
  }
}
