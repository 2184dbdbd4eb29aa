/**
 * The buffers of a head in the kernels' memory, laid out once: training and evaluation allocate
 * nothing afterwards. Whoever makes a `HeadMemory` owns the `Kernels` object with it.
 */
import { type Address, bitRowBytes, type Kernels, laneStride } from '../kernels/kernels.js';
import type { GlobalModel } from '../rules/rule.js';
import type { Task } from '../task/task.js';
import { hadamardCode } from './hadamard.js';
import { headLayers, type LayerShape } from './head.js';
import { packWeights } from './latents.js';

/** One layer's buffers. Batch-sized ones are dimensioned for the largest batch. */
export interface LayerMemory extends LayerShape {
  /** Index of its first parameter in parameter order; meaningless if not trained. */
  readonly offset: number;
  /** Bit matrix [neurons][inputs]. */
  readonly weights: Address;
  /** Bit matrix [batch][inputs]: the layer's input. */
  readonly input: Address;
  /** Feature-major i32 [neurons][batch]: the integer product. */
  readonly product: Address;
}

export class HeadMemory {
  readonly layers: readonly LayerMemory[];
  readonly labels: Address;

  constructor(
    readonly kernels: Kernels,
    readonly task: Task,
    readonly maxBatch: number,
  ) {
    const { memory } = kernels;
    let offset = 0;
    this.layers = headLayers(task).map((shape) => {
      const layer = {
        ...shape,
        offset,
        weights: memory.allocate(shape.neurons * bitRowBytes(shape.inputs)),
        input: memory.allocate(maxBatch * bitRowBytes(shape.inputs)),
        product: memory.allocate(4 * shape.neurons * laneStride(maxBatch)),
      };
      if (shape.trained) offset += shape.neurons * shape.inputs;
      return layer;
    });
    this.labels = memory.allocate(4 * laneStride(maxBatch));
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

  /** Packs the signs of a global model's latents as the trained layers' weights. */
  loadWeights(model: GlobalModel): void {
    for (const layer of this.layers) {
      if (!layer.trained) continue;
      const rowBytes = bitRowBytes(layer.inputs);
      const weights = this.bytes(layer.weights, layer.neurons * rowBytes);
      packWeights(model, layer.offset, layer, rowBytes, weights);
    }
  }

  /** Copies the chosen samples' latent bits and labels into the first layer's input. */
  loadBatch(
    data: { readonly bits: { readonly bytes: Uint8Array }; readonly labels: Int32Array },
    samples: Uint32Array,
  ): void {
    const [first] = this.layers;
    const rowBytes = bitRowBytes(first.inputs);
    const rows = this.bytes(first.input, samples.length * rowBytes);
    const labels = this.integers(this.labels, samples.length);
    for (let i = 0; i < samples.length; i++) {
      const at = samples[i] * rowBytes;
      rows.set(data.bits.bytes.subarray(at, at + rowBytes), i * rowBytes);
      labels[i] = data.labels[samples[i]];
    }
  }

  /** Forward pass of the loaded batch: every layer's product, and the next layer's input bits. */
  forward(batch: number): void {
    const { kernels, layers } = this;
    for (let l = 0; l < layers.length; l++) {
      const { weights, input, product, neurons, inputs } = layers[l];
      kernels.xnorProduct(weights, input, neurons, batch, inputs, product);
      if (l + 1 < layers.length) kernels.activate(product, 0, neurons, batch, layers[l + 1].input);
    }
  }
}
