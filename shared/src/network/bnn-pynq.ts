/**
 * Reads the weights of the BNN-PYNQ LFC network (Umuroglu et al., FINN, arXiv 1612.07119; weights:
 * repository Xilinx/BNN-PYNQ, BSD-3-Clause): 784-1024-1024-1024-10, weights and activations of one
 * bit, trained on MNIST; published error 1.65 %.
 *
 * A layer is folded over `pe` processing elements that take `simd` inputs a step. File
 * `{layer}-{pe}-weights.bin` holds little-endian 64-bit words, [neuron fold][input fold], the lowest
 * `simd` bits of each used: neuron = fold · pe count + pe, input = fold · simd + bit. File
 * `{layer}-{pe}-thres.bin` holds one int64 a neuron fold: a neuron fires where
 * popcount(XNOR) > threshold, and its ±1 product is 2 · popcount − inputs.
 */

import type { ExportedHead, ExportedLayer } from '../inference/head-file.js';
import { BitMatrix } from '../kernels/bits.js';
import { FederationError } from '../protocol/errors.js';
import type { BinaryLayer } from './binary-network.js';

const LAYERS = [
  { inputs: 832, neurons: 1024, simd: 64, pe: 32 },
  { inputs: 1024, neurons: 1024, simd: 32, pe: 64 },
  { inputs: 1024, neurons: 1024, simd: 64, pe: 32 },
  { inputs: 1024, neurons: 64, simd: 8, pe: 16 },
] as const;

/** Inputs of the network; 784 pixels (set: at least 128), then clear bits. */
export const LFC_INPUTS = 832;
/** The first of the last layer's outputs, one a digit; the others mean nothing. */
export const LFC_CLASSES = 10;

/**
 * @param read gives the bytes of a file by its name, such as `0-31-weights.bin`
 * @throws FederationError `file-corrupt` naming a file of another length; whatever `read` throws
 */
export async function readBnnPynqLfc(
  read: (name: string) => Promise<Uint8Array>,
): Promise<BinaryLayer[]> {
  const layers: BinaryLayer[] = [];
  for (const [l, { inputs, neurons, simd, pe }] of LAYERS.entries()) {
    const weights = BitMatrix.create(neurons, inputs);
    const thresholds = new Int32Array(neurons);
    const inputFolds = inputs / simd;
    const neuronFolds = neurons / pe;
    for (let p = 0; p < pe; p++) {
      const words = await readWords(`${l}-${p}-weights.bin`, neuronFolds * inputFolds, read);
      const limits = await readWords(`${l}-${p}-thres.bin`, neuronFolds, read);
      for (let nf = 0; nf < neuronFolds; nf++) {
        const neuron = nf * pe + p;
        // popcount > T is product ≥ 2(T + 1) − inputs.
        thresholds[neuron] = 2 * (Number(limits.getBigInt64(8 * nf, true)) + 1) - inputs;
        for (let sf = 0; sf < inputFolds; sf++) {
          const word = words.getBigUint64(8 * (nf * inputFolds + sf), true);
          for (let bit = 0; bit < simd; bit++) {
            weights.set(neuron, sf * simd + bit, ((word >> BigInt(bit)) & 1n) === 1n);
          }
        }
      }
    }
    layers.push({ weights, thresholds });
  }
  return layers;
}

/** Pixels of an image: the network's inputs without their padding. */
const LFC_PIXELS = 784;

/**
 * The network as a head for inference: the padding of its inputs, always clear, goes into the first
 * layer's thresholds, and the outputs that mean nothing go.
 * @param extractor SHA-256 of a `pixels` extractor of 28 × 28 images with threshold 128
 */
export function lfcHead(layers: readonly BinaryLayer[], extractor: string): ExportedHead {
  const exported = layers.map(({ weights, thresholds }, l): ExportedLayer => {
    if (l === 0) return withoutPadding(weights, thresholds);
    if (l < layers.length - 1) return { planes: [weights], thresholds };
    const rows = weights.bytes.slice(0, LFC_CLASSES * weights.rowBytes);
    return {
      planes: [new BitMatrix(LFC_CLASSES, weights.cols, rows)],
      thresholds: thresholds.slice(0, LFC_CLASSES),
    };
  });
  return {
    metadata: {
      title: 'Handwritten digits: BNN-PYNQ LFC, one bit for weights and activations',
      labels: Array.from({ length: LFC_CLASSES }, (_, digit) => String(digit)),
      extractor,
      source: 'Xilinx/BNN-PYNQ, BSD-3-Clause',
    },
    layers: exported,
  };
}

function withoutPadding(weights: BitMatrix, thresholds: Int32Array): ExportedLayer {
  const pixels = BitMatrix.create(weights.rows, LFC_PIXELS);
  const shifted = thresholds.map((threshold, n) => {
    for (let k = 0; k < LFC_PIXELS; k++) pixels.set(n, k, weights.get(n, k));
    let padding = 0;
    for (let k = LFC_PIXELS; k < weights.cols; k++) padding += weights.get(n, k) ? -1 : 1;
    return threshold - padding;
  });
  return { planes: [pixels], thresholds: shifted };
}

async function readWords(
  name: string,
  count: number,
  read: (name: string) => Promise<Uint8Array>,
): Promise<DataView> {
  const bytes = await read(name);
  if (bytes.length !== 8 * count) {
    throw new FederationError(
      'file-corrupt',
      `${name}: has ${bytes.length} bytes, not ${8 * count}; get the LFC weights of BNN-PYNQ again`,
    );
  }
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
