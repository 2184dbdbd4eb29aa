/**
 * How much each latent bit speaks for each output: the product of all layers' weights, as if there were
 * no signs between them. A rough picture of what a binary head looks at, and exact integers.
 */
import {
  type GlobalModel,
  hadamardCode,
  headLayers,
  type LayerShape,
  type Task,
} from '@fedhybnn/shared';

/** In [−127, 127], as shares of the largest; [outputs][latent bits]. Of dense heads only. */
export function evidenceOf(task: Task, model: GlobalModel): Int8Array {
  const layers = headLayers(task);
  let offset = model.latents.length;
  let above: Float64Array | undefined;
  const outputs = layers[layers.length - 1].neurons;
  for (const layer of layers.toReversed()) {
    if (layer.trained) offset -= layer.neurons * layer.inputs;
    const signs = signsOf(layer, model, offset);
    above = above === undefined ? signs : product(above, signs, outputs, layer);
  }
  return scaled(above ?? new Float64Array());
}

function signsOf({ neurons, inputs, trained }: LayerShape, model: GlobalModel, offset: number) {
  const signs = new Float64Array(neurons * inputs);
  const code = trained ? undefined : hadamardCode(neurons, inputs);
  for (let i = 0; i < signs.length; i++) {
    const set = code
      ? code.get(Math.floor(i / inputs), i % inputs)
      : model.latents[offset + i] >= 0;
    signs[i] = set ? 1 : -1;
  }
  return signs;
}

/** [outputs][neurons] times [neurons][inputs]. */
function product(
  above: Float64Array,
  signs: Float64Array,
  outputs: number,
  { neurons, inputs }: LayerShape,
): Float64Array {
  const result = new Float64Array(outputs * inputs);
  for (let k = 0; k < outputs; k++) {
    for (let n = 0; n < neurons; n++) {
      const factor = above[k * neurons + n];
      for (let i = 0; i < inputs; i++) result[k * inputs + i] += factor * signs[n * inputs + i];
    }
  }
  return result;
}

function scaled(values: Float64Array): Int8Array {
  const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  return Int8Array.from(values, (value) => Math.round((127 * value) / most));
}
