/**
 * Inference of a fully binary network with integer thresholds, from wherever its weights came:
 * a = [w·x ≥ t] layer by layer, the last layer's integers as they are.
 */
import type { BitMatrix } from '../kernels/bits.js';
import { type Address, bitRowBytes, type Kernels, laneStride } from '../kernels/kernels.js';
import { loadKernels } from '../kernels/load.js';

export interface BinaryLayer {
  /** [neurons][inputs]. */
  readonly weights: BitMatrix;
  /** A neuron fires where its ±1 product reaches this; [neurons]. */
  readonly thresholds: Int32Array;
}

interface PlacedLayer {
  readonly neurons: number;
  readonly inputs: number;
  readonly weights: Address;
  readonly thresholds: Address;
  readonly input: Address;
  readonly product: Address;
}

/** Samples that go through at once. */
const CHUNK = 256;

export class BinaryNetwork {
  readonly inputs: number;
  readonly outputs: number;

  private constructor(
    private readonly kernels: Kernels,
    private readonly layers: readonly PlacedLayer[],
  ) {
    this.inputs = layers[0].inputs;
    this.outputs = layers[layers.length - 1].neurons;
  }

  /** @throws RangeError if a layer does not fit the one before it */
  static async create(layers: readonly BinaryLayer[]): Promise<BinaryNetwork> {
    const kernels = await loadKernels();
    const { memory } = kernels;
    const put = (bytes: Uint8Array): Address => {
      const address = memory.allocate(bytes.length);
      new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
      return address;
    };
    const placed = layers.map(({ weights, thresholds }, l) => {
      const { rows: neurons, cols: inputs } = weights;
      const before = layers[l - 1]?.weights.rows ?? inputs;
      if (before !== inputs || thresholds.length !== neurons) {
        throw new RangeError(
          `layer ${l}: ${inputs} inputs and ${thresholds.length} thresholds do not fit ${before} outputs before it and ${neurons} neurons`,
        );
      }
      return {
        neurons,
        inputs,
        weights: put(weights.bytes),
        thresholds: put(new Uint8Array(Int32Array.from(thresholds).buffer)),
        input: memory.allocate(CHUNK * bitRowBytes(inputs)),
        product: memory.allocate(4 * neurons * laneStride(CHUNK)),
      };
    });
    return new BinaryNetwork(kernels, placed);
  }

  /**
   * The last layer's ±1 products minus its thresholds, [samples][outputs]: an output fires where this
   * is at least 0, and the largest one is the network's answer.
   * @param samples [samples][inputs]
   */
  margins(samples: BitMatrix): Int32Array {
    if (samples.cols !== this.inputs) {
      throw new RangeError(
        `samples have ${samples.cols} bits, but the network takes ${this.inputs}`,
      );
    }
    const { kernels, layers, outputs } = this;
    const margins = new Int32Array(samples.rows * outputs);
    const rowBytes = bitRowBytes(this.inputs);
    const last = layers[layers.length - 1];
    for (let start = 0; start < samples.rows; start += CHUNK) {
      const batch = Math.min(CHUNK, samples.rows - start);
      const rows = samples.bytes.subarray(start * rowBytes, (start + batch) * rowBytes);
      new Uint8Array(kernels.memory.buffer, layers[0].input, rows.length).set(rows);
      this.forward(batch);
      const stride = laneStride(batch);
      const product = new Int32Array(kernels.memory.buffer, last.product, outputs * stride);
      const limits = new Int32Array(kernels.memory.buffer, last.thresholds, outputs);
      for (let b = 0; b < batch; b++) {
        for (let n = 0; n < outputs; n++) {
          margins[(start + b) * outputs + n] = product[n * stride + b] - limits[n];
        }
      }
    }
    return margins;
  }

  private forward(batch: number): void {
    const { kernels, layers } = this;
    layers.forEach(({ weights, thresholds, input, product, neurons, inputs }, l) => {
      kernels.xnorProduct(weights, input, neurons, batch, inputs, product);
      const next = layers[l + 1];
      if (next !== undefined) kernels.activate(product, thresholds, neurons, batch, next.input);
    });
  }
}
