/** From a trained model to the file that devices predict with: signs only, no latents. */

import { encodeModel } from '../codec/model-file.js';
import { sha256Hex } from '../codec/sha256.js';
import { type ExportedLayer, encodeHead } from '../inference/head-file.js';
import { BitMatrix } from '../kernels/bits.js';
import { FederationError } from '../protocol/errors.js';
import type { GlobalModel } from '../rules/rule.js';
import { taskHash } from '../task/hash.js';
import { isBinary } from '../task/rule-settings.js';
import type { Task } from '../task/task.js';
import { hadamardCode } from './hadamard.js';
import { headLayers } from './head.js';
import { packWeights } from './latents.js';
import type { LayerShape } from './layer-shape.js';
import { logitFactors, planeThresholds } from './layer-weights.js';

/** Why there is no head file of a task's models; undefined if there is one. */
export function exportProblem({ id, head, federation }: Task): string | undefined {
  if (!isBinary(federation.rule)) {
    return `task ${id}: rule ${federation.rule.kind} has a real-valued head, and a head file holds bits`;
  }
  if (head.convolution) return `task ${id}: a head file holds dense layers only, no convolutions`;
  return undefined;
}

/**
 * The head file of a task's model, as `loadHead` reads it.
 * @throws FederationError `bad-request` where {@link exportProblem} tells one
 */
export function exportHead(task: Task, model: GlobalModel): Uint8Array<ArrayBuffer> {
  const problem = exportProblem(task);
  if (problem !== undefined) throw new FederationError('bad-request', problem);
  let offset = 0;
  const shapes = headLayers(task);
  const layers = shapes.map((layer, l): ExportedLayer => {
    const last = l + 1 === shapes.length;
    const { neurons, inputs, trained } = layer;
    const thresholds = new Int32Array(neurons);
    if (!trained) return { planes: [hadamardCode(neurons, inputs)], thresholds };
    const planes = planeThresholds(task, layer).map((threshold) => {
      const plane = BitMatrix.create(neurons, inputs);
      packWeights(model, offset, layer, threshold, plane.rowBytes, plane.bytes);
      return plane;
    });
    const scales = last ? outputScales(model, { ...layer, offset }) : undefined;
    offset += neurons * inputs;
    return { planes, thresholds, scales };
  });
  return encodeHead({
    metadata: {
      title: task.title,
      labels: task.labels,
      extractor: task.extractor.sha256,
      source: `model ${sha256Hex(encodeModel({ taskHash: taskHash(task), model }))}`,
    },
    layers,
  });
}

/** What makes the logits of the outputs comparable: the factors of scaled weights, over their largest. */
function outputScales(
  model: GlobalModel,
  layer: LayerShape & { readonly offset: number },
): Float32Array | undefined {
  if (layer.weightKind !== 'scaled') return undefined;
  const factors = logitFactors(model, layer);
  const largest = Math.max(...factors);
  return Float32Array.from(factors, (factor) => factor / largest);
}
