/**
 * Lays a head out in the module's memory. Weights are rearranged into panels of four neurons,
 * [⌈neurons/4⌉][pieces][4][16 bytes], so that one pointer walks through them.
 */
import { bitRowBytes } from '../kernels/kernels.js';
import type { FileLayer } from './read-head.js';

/** Addresses (multiples of 16) and sizes of a layer. */
export interface PlacedLayer {
  readonly weights: number;
  /** i32, 4 · panels: the most differing bits with which a neuron fires. */
  readonly limits: number;
  /** The input bits, once for each plane. */
  readonly x: number;
  /** Bytes of the input bits, each time. */
  readonly rowBytes: number;
  readonly planes: number;
  /** Vectors of 16 bytes that a neuron has, over all planes. */
  readonly pieces: number;
  /** Even, so that the neurons' bits fill bytes; absent neurons never fire. */
  readonly panels: number;
}

/** The module has no data of its own, but its stack of nothing begins at 0. */
const FIRST = 1024;

/** @returns the layers, and the address of room for the counts of any of them */
export function placeLayers(
  memory: WebAssembly.Memory,
  layers: readonly FileLayer[],
): { placed: PlacedLayer[]; counts: number } {
  let top = FIRST;
  const room = (bytes: number): number => {
    const address = top;
    top += (bytes + 15) & ~15;
    return address;
  };
  const placed = layers.map(({ inputs, neurons, planes }) => {
    const rowBytes = bitRowBytes(inputs);
    const panels = 2 * Math.ceil(neurons / 8);
    const pieces = (planes * rowBytes) / 16;
    const weights = room(panels * pieces * 64);
    const limits = room(panels * 16);
    const x = room(planes * rowBytes);
    return { weights, limits, x, rowBytes, planes, pieces, panels };
  });
  const counts = room(16 * Math.max(...placed.map(({ panels }) => panels)));
  memory.grow(Math.max(0, Math.ceil((top - memory.buffer.byteLength) / 65_536)));
  placed.forEach((layer, l) => {
    fillPanels(memory, layer, layers[l]);
    fillLimits(memory, layer, layers[l]);
  });
  return { placed, counts };
}

function fillPanels(memory: WebAssembly.Memory, to: PlacedLayer, from: FileLayer): void {
  const { neurons, planes, weights } = from;
  // A copy, because the file may stand at any address; not slice(), which is a view for a Buffer.
  const rows = new Uint32Array(Uint8Array.from(weights).buffer);
  const panels = new Uint32Array(memory.buffer, to.weights, to.panels * to.pieces * 16);
  const row = to.rowBytes / 4;
  for (let plane = 0; plane < planes; plane++) {
    for (let n = 0; n < neurons; n++) {
      const source = (plane * neurons + n) * row;
      const first = (n >> 2) * to.pieces + (plane * row) / 4;
      for (let i = 0; i < row; i++) {
        panels[(first + (i >> 2)) * 16 + (n & 3) * 4 + (i & 3)] = rows[source + i];
      }
    }
  }
}

/** product = K − 2d ≥ threshold, so d ≤ (K − threshold) / 2. */
function fillLimits(memory: WebAssembly.Memory, to: PlacedLayer, from: FileLayer): void {
  const largest = from.planes * from.inputs;
  const limits = new Int32Array(memory.buffer, to.limits, to.panels * 4).fill(-1);
  for (let n = 0; n < from.neurons; n++) {
    const limit = Math.floor((largest - from.thresholds.getInt32(4 * n, true)) / 2);
    limits[n] = Math.max(-1, Math.min(limit, largest));
  }
}
