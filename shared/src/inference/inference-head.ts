/** Runs an exported head on single samples. All is laid out at loading; a prediction allocates nothing. */
import { decodeBase64 } from '../kernels/base64.js';
import type { HeadMetadata } from './head-file.js';
import { INFERENCE_MODULE } from './module.generated.js';
import { type PlacedLayer, placeLayers } from './place-layers.js';
import { readHead } from './read-head.js';

type Count = (weights: number, x: number, pieces: number, panels: number, counts: number) => void;

interface InferenceExports {
  readonly memory: WebAssembly.Memory;
  readonly countWords: Count;
  readonly countBytes: Count;
  fire(counts: number, limits: number, bytes: number, bits: number): void;
}

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * Loads a head from its file: `fedhybnn-coordinator export --format head` and `encodeHead` make one.
 * @throws FederationError `file-corrupt` naming what is wrong with the file
 * @throws WebAssembly.CompileError on an engine without WebAssembly SIMD
 */
export async function loadHead(file: Uint8Array): Promise<InferenceHead> {
  const { metadata, layers } = readHead(file);
  compiled ??= WebAssembly.compile(decodeBase64(INFERENCE_MODULE));
  const { exports } = await WebAssembly.instantiate(await compiled, {});
  const wasm = exports as unknown as InferenceExports;
  const { placed, counts } = placeLayers(wasm.memory, layers);
  const { inputs, planes, neurons, thresholds, scales } = layers[layers.length - 1];
  const outputs = Array.from({ length: neurons }, (_, n) => ({
    // What a neuron without differing bits gets: its largest product minus its threshold.
    most: planes * inputs - thresholds.getInt32(4 * n, true),
    scale: scales ? scales.getFloat32(4 * n, true) : 1,
  }));
  return new InferenceHead(wasm, metadata, layers[0].inputs, placed, counts, outputs);
}

export class InferenceHead {
  /**
   * The sample: bit i is bit i % 8, least significant first, of byte i >> 3; set means +1. Written
   * before {@link predict}; bits from {@link inputs} on must stay clear.
   */
  readonly input: Uint8Array;
  /** What the last prediction gave each output: (product − threshold) · scale. */
  readonly logits: Float32Array;
  private readonly bytes: Uint8Array;
  private readonly differing: Int32Array;
  private readonly count: Count;

  /** Made by {@link loadHead}. @internal */
  constructor(
    private readonly wasm: InferenceExports,
    readonly metadata: HeadMetadata,
    /** Bits of a sample. */
    readonly inputs: number,
    private readonly layers: readonly PlacedLayer[],
    private readonly counts: number,
    private readonly outputs: readonly { readonly most: number; readonly scale: number }[],
  ) {
    const { buffer } = wasm.memory;
    this.bytes = new Uint8Array(buffer);
    this.input = new Uint8Array(buffer, layers[0].x, layers[0].rowBytes);
    this.differing = new Int32Array(buffer, counts, outputs.length);
    this.logits = new Float32Array(outputs.length);
    this.count = this.fastest([wasm.countWords, wasm.countBytes]);
  }

  /**
   * The answer for {@link input}, as the number of a label: the output with the largest logit, the
   * first of equal ones; of a lone output, 1 where its logit is at least 0. For several labels at a
   * time look at the signs of {@link logits}.
   */
  predict(): number {
    this.run(this.count);
    const { logits, outputs, differing } = this;
    let best = 0;
    for (let n = 0; n < outputs.length; n++) {
      logits[n] = (outputs[n].most - 2 * differing[n]) * outputs[n].scale;
      if (logits[n] > logits[best]) best = n;
    }
    return outputs.length === 1 ? Number(logits[0] >= 0) : best;
  }

  private run(count: Count): void {
    const { layers, counts, wasm } = this;
    for (let l = 0; l < layers.length; l++) {
      const { weights, limits, x, rowBytes, planes, pieces, panels } = layers[l];
      if (planes === 2) this.bytes.copyWithin(x + rowBytes, x, x + rowBytes);
      count(weights, x, pieces, panels, counts);
      if (l + 1 < layers.length) wasm.fire(counts, limits, panels >> 1, layers[l + 1].x);
    }
  }

  /** Which way is fastest depends on the processor: the shortest of some runs, in about 4 ms. */
  private fastest(ways: readonly Count[]): Count {
    const candidates = ways.map((count) => ({ count, best: Number.POSITIVE_INFINITY }));
    const end = performance.now() + 4;
    do {
      for (const candidate of candidates) {
        const start = performance.now();
        for (let i = 0; i < 8; i++) this.run(candidate.count);
        candidate.best = Math.min(candidate.best, performance.now() - start);
      }
    } while (performance.now() < end);
    candidates.sort((a, b) => a.best - b.best);
    return candidates[0].count;
  }
}
