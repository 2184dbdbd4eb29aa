/** A TensorFlow.js model as a function from images to features. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { FederationError } from '../protocol/errors.js';
import { parseJson } from '../protocol/parse.js';
import type { ImageBatch } from './extractor.js';
import { openTensorflow, type Tensorflow } from './tensorflow.js';
import type { TfjsHeader } from './tfjs-file.js';

/** What the topology in a file must say; the rest is TensorFlow.js's own business. */
const topologySchema = z.object({
  modelTopology: z.record(z.string(), z.unknown()),
  weightSpecs: z.array(
    z.looseObject({
      name: z.string(),
      shape: z.array(z.int()),
      dtype: z.enum(['float32', 'int32', 'bool', 'string', 'complex64']),
    }),
  ),
  signature: z.optional(z.record(z.string(), z.unknown())),
});

export type TfjsTopology = z.infer<typeof topologySchema>;

export interface OpenedModel {
  /** Values of the output for an image. */
  readonly features: number;
  /** [count][features] of the images from `first` on. */
  run(images: ImageBatch, first: number, count: number): Promise<Float32Array>;
  dispose(): void;
}

type ModelChoice = Pick<TfjsHeader, 'format' | 'output' | 'range'>;

interface Model {
  readonly inputs: readonly { readonly shape?: readonly (number | null)[] | null | undefined }[];
  predict(input: Tensor): Tensor;
  dispose(): void;
}

/**
 * @param topology JSON of {@link TfjsTopology}
 * @param input the images' shape
 * @throws FederationError `file-corrupt` for a model that TensorFlow.js does not take, or whose
 *   input or output do not fit
 */
export async function openTfjsModel(
  choice: ModelChoice,
  topology: Uint8Array,
  weights: Uint8Array,
  input: TfjsHeader['input'],
): Promise<OpenedModel> {
  const text = new TextDecoder().decode(topology);
  const described = parseJson(topologySchema, text, 'the model’s topology', 'file-corrupt');
  const tf = await openTensorflow();
  const model = await orCorrupt(() => loadModel(tf, choice, described, weights));
  const shape = [...(model.inputs[0]?.shape ?? [null])].slice(1);
  const apply = (images: ImageBatch, first: number, count: number): Tensor =>
    tf.tidy(() => {
      const output = model.predict(shaped(tf, choice.range, shape, images, first, count));
      return tf.reshape(output, [count, -1]);
    });
  const pixels = new Uint8Array(input.width * input.height * input.channels);
  const features = await orCorrupt(async () => {
    const trial = apply({ ...input, count: 1, pixels }, 0, 1);
    const size = trial.size;
    trial.dispose();
    return size;
  });
  return {
    features,
    async run(images, first, count) {
      const output = apply(images, first, count);
      try {
        return Float32Array.from(await output.data());
      } finally {
        output.dispose();
      }
    },
    dispose: () => model.dispose(),
  };
}

async function loadModel(
  tf: Tensorflow,
  { format, output }: ModelChoice,
  { modelTopology, weightSpecs, signature }: TfjsTopology,
  weights: Uint8Array,
): Promise<Model> {
  const artifacts = {
    modelTopology,
    weightSpecs: weightSpecs as NonNullable<Parameters<Tensorflow['io']['decodeWeights']>[1]>,
    weightData: weights.slice().buffer,
    ...(signature !== undefined && { signature }),
  };
  if (format === 'layers') {
    const layers = await import('@tensorflow/tfjs-layers');
    const whole = await layers.loadLayersModel(tf.io.fromMemory(artifacts));
    const model =
      output === ''
        ? whole
        : layers.model({ inputs: whole.inputs, outputs: whole.getLayer(output).output });
    return {
      inputs: model.inputs,
      predict: (input) => single(model.predict(input)),
      dispose: () => void whole.dispose(),
    };
  }
  const converter = await import('@tensorflow/tfjs-converter');
  const model = await converter.loadGraphModel(tf.io.fromMemory(artifacts));
  return {
    inputs: model.inputs,
    predict: (input) => single(output === '' ? model.predict(input) : model.execute(input, output)),
    dispose: () => model.dispose(),
  };
}

function single(output: Tensor | Tensor[] | Record<string, Tensor>): Tensor {
  if ('dataSync' in output && typeof output.dataSync === 'function') return output as Tensor;
  const [first, ...rest] = Object.values(output) as Tensor[];
  if (first !== undefined && rest.length === 0) return first;
  throw new RangeError(`it has ${rest.length + 1} outputs; name the one to take`);
}

/** Images in the shape and range that the model takes. */
function shaped(
  tf: Tensorflow,
  range: TfjsHeader['range'],
  shape: readonly (number | null)[],
  images: ImageBatch,
  first: number,
  count: number,
): Tensor {
  const { width, height, channels } = images;
  const values = width * height * channels;
  const own = images.pixels.subarray(first * values, (first + count) * values);
  const raw = tf.tensor4d(Float32Array.from(own), [count, height, width, channels]);
  const scaled: Tensor4D =
    range === 'byte' ? raw : range === 'unit' ? tf.div(raw, 255) : tf.sub(tf.div(raw, 127.5), 1);
  if (shape.length <= 1) return tf.reshape(scaled, [count, values]);
  const [rows, columns, depth] = shape.map((side) => (side === -1 ? null : side));
  const sized =
    (rows ?? height) === height && (columns ?? width) === width
      ? scaled
      : tf.image.resizeBilinear(scaled, [rows ?? height, columns ?? width]);
  if ((depth ?? channels) === channels) return sized;
  if (channels === 1) return tf.tile(sized, [1, 1, 1, depth ?? 1]);
  if (depth === 1) return tf.mean(sized, 3, true);
  throw new RangeError(`it takes images of ${depth} channels, not ${channels}`);
}

/** What TensorFlow.js says of a model that it does not take, as an error of ours. */
async function orCorrupt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof FederationError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FederationError(
      'file-corrupt',
      `the TensorFlow.js model cannot be run: ${reason}; check the model, its output and its input shape`,
      { cause },
    );
  }
}
