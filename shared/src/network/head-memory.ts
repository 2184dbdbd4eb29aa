/**
 * The buffers of a head in the kernels' memory, laid out once: training and evaluation allocate
 * nothing afterwards. Whoever makes a `HeadMemory` owns the `Kernels` object with it.
 */
import type { BitMatrix } from '../kernels/bits.js';
import { type Address, bitRowBytes, type Kernels } from '../kernels/kernels.js';
import type { GlobalModel } from '../rules/rule.js';
import type { Task } from '../task/task.js';
import { BatchNormalization } from './batch-normalization.js';
import { convolutionFlow } from './convolution-flow.js';
import { denseFlow } from './dense-flow.js';
import { hadamardCode } from './hadamard.js';
import { headLayers } from './head.js';
import type { LayerFlow, MakeLayerFlow } from './layer-flow.js';
import type { LayerShape } from './layer-shape.js';
import { layerProduct, loadLayerWeights, planes } from './layer-weights.js';

/** A kind of layer is one file; here they are all. */
const FLOWS: Readonly<Record<LayerShape['kind'], MakeLayerFlow>> = {
  dense: denseFlow,
  convolution: convolutionFlow,
};

/** One layer's buffers. Batch-sized ones are dimensioned for the largest batch. */
export interface LayerMemory extends LayerShape, LayerFlow {
  /** Index of its first parameter in parameter order; meaningless if not trained. */
  readonly offset: number;
  /** Bit matrix [planes · neurons][inputs]. */
  readonly weights: Address;
  /** Stands between the product and its sign, in training in one place. */
  readonly normalization?: BatchNormalization;
}

export interface HeadOptions {
  /** Batch normalization of the hidden layers, which must be dense with binary weights. */
  readonly batchNorm?: boolean;
}

export class HeadMemory {
  readonly layers: readonly LayerMemory[];

  constructor(
    readonly kernels: Kernels,
    readonly task: Task,
    readonly maxBatch: number,
    { batchNorm = false }: HeadOptions = {},
  ) {
    const { memory } = kernels;
    let offset = 0;
    const shapes = headLayers(task);
    this.layers = shapes.map((shape, l) => {
      const normalized = batchNorm && l + 1 < shapes.length;
      const layer = {
        ...shape,
        offset,
        weights: memory.allocate(planes(shape) * shape.neurons * bitRowBytes(shape.inputs)),
        ...FLOWS[shape.kind](kernels, shape, maxBatch),
        ...(normalized && {
          normalization: new BatchNormalization(kernels, shape.neurons, maxBatch),
        }),
      };
      if (shape.trained) offset += shape.neurons * shape.inputs;
      return layer;
    });
    const output = this.layers[this.layers.length - 1];
    if (!output.trained) {
      this.bytes(output.weights, output.neurons * bitRowBytes(output.inputs)).set(
        hadamardCode(output.neurons, output.inputs).bytes,
      );
    }
  }

  /** A view of the memory; not to be kept across an allocation. */
  bytes(address: Address, length: number): Uint8Array {
    return new Uint8Array(this.kernels.memory.buffer, address, length);
  }

  floats(address: Address, length: number): Float32Array {
    return new Float32Array(this.kernels.memory.buffer, address, length);
  }

  integers(address: Address, length: number): Int32Array {
    return new Int32Array(this.kernels.memory.buffer, address, length);
  }

  /** The packed weights of a layer, all planes; a view, as {@link bytes}. */
  weightBytes(layer: LayerMemory): Uint8Array {
    return this.bytes(layer.weights, planes(layer) * layer.neurons * bitRowBytes(layer.inputs));
  }

  /** Packs a global model's latents as the trained layers' weights. */
  loadWeights(model: GlobalModel): void {
    for (const layer of this.layers) {
      if (layer.trained) loadLayerWeights(this.kernels, this.task, layer, model);
    }
  }

  /** Copies successive rows of latent bits into the first layer's features. */
  loadRows(bits: BitMatrix, start: number, count: number): void {
    const { rowBytes } = bits;
    const rows = bits.bytes.subarray(start * rowBytes, (start + count) * rowBytes);
    this.bytes(this.layers[0].features, rows.length).set(rows);
  }

  /** Copies the chosen rows of latent bits into the first layer's features. */
  loadBatch(bits: BitMatrix, samples: Uint32Array): void {
    const [first] = this.layers;
    const rowBytes = bitRowBytes(this.task.extractor.bits);
    const rows = this.bytes(first.features, samples.length * rowBytes);
    for (let i = 0; i < samples.length; i++) {
      const at = samples[i] * rowBytes;
      rows.set(bits.bytes.subarray(at, at + rowBytes), i * rowBytes);
    }
  }

  /** Forward pass of the loaded batch: every layer's product, and the next layer's features. */
  forward(batch: number): void {
    const { kernels, layers } = this;
    for (let l = 0; l < layers.length; l++) {
      const layer = layers[l];
      layer.gather(batch);
      layerProduct(kernels, layer, batch * layer.positions);
      if (l + 1 === layers.length) continue;
      const { features } = layers[l + 1];
      if (layer.normalization) layer.normalization.forward(layer.product, batch, features);
      else layer.activate(batch, features);
    }
  }
}
