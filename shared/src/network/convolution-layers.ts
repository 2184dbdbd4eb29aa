/** The convolutions of a task's head: 3×3, stride 1, padded to the same size. */
import { FederationError } from '../protocol/errors.js';
import type { Task } from '../task/task.js';
import { type FeatureMap, type LayerShape, mapBits, outputMap } from './layer-shape.js';

/** The most bits that a feature map between two layers may have. */
const LARGEST_MAP = 262_144;

/** The convolutions of a task's head, in order; none for a dense head. */
export function convolutionLayers(task: Task): LayerShape[] {
  const { convolution } = task.head;
  if (convolution === undefined) return [];
  const { width, height, channels } = convolution;
  const layers: LayerShape[] = [];
  let map: FeatureMap = { width, height, channels };
  for (const { filters, pool } of convolution.layers) {
    const layer: LayerShape = {
      kind: 'convolution',
      neurons: filters,
      inputs: 9 * map.channels,
      trained: true,
      weightKind: 'binary',
      map,
      positions: map.width * map.height,
      pool,
    };
    layers.push(layer);
    map = outputMap(layer);
  }
  return layers;
}

/** @throws FederationError `bad-request` naming the fields of `head.convolution` that do not fit */
export function checkConvolution(task: Task): void {
  const { convolution } = task.head;
  if (convolution === undefined) return;
  const refuse = (problem: string): never => {
    throw new FederationError('bad-request', `task ${task.id}: ${problem}`);
  };
  const { weights = 'binary' } = task.head;
  if (weights !== 'binary') {
    refuse(`field "head.weights" is ${weights}, but convolutions have binary weights only`);
  }
  const bits = mapBits(convolution);
  if (bits !== task.extractor.bits) {
    refuse(
      `fields "head.convolution.width", "height" and "channels" make ${bits} bits, but "extractor.bits" is ${task.extractor.bits}; give the map that the extractor's bits are`,
    );
  }
  convolutionLayers(task).forEach((layer, l) => {
    const field = `field "head.convolution.layers.${l}`;
    const { width, height } = layer.map;
    if (layer.pool && (width < 2 || height < 2)) {
      refuse(`${field}.pool" asks for 2×2 pools of ${width}×${height} pixels; leave it out`);
    }
    const made = layer.positions * layer.neurons;
    if (made > LARGEST_MAP) {
      refuse(`${field}.filters" makes ${made} bits a sample; the most is ${LARGEST_MAP}`);
    }
  });
}
