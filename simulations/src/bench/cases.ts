/** What is timed: each case with its contenders and peers. */

import { type ExtractionInput, extractionWork } from './extraction.js';
import { type ContenderName, inferenceWork, productWork, trainingWork } from './fedhybnn.js';
import { jaxInference, jaxProduct, jaxTraining } from './jax-js.js';
import type { Work } from './measure.js';
import type { NetworkShape } from './network-shape.js';
import { tfjsAutodiff, tfjsInference, tfjsManual, tfjsProduct } from './tfjs.js';

export type PeerName =
  | 'tfjs-wasm'
  | 'tfjs-wasm-autodiff'
  | 'tfjs-wasm-manual'
  | 'tfjs-cpu'
  | 'jax-js-wasm'
  | 'one-thread';

type Opener = () => Promise<Work>;

export interface BenchCase {
  readonly name: string;
  /** Contenders whose code does not depend on the kernels' module are there once. */
  readonly contenders: readonly (readonly [ContenderName, Opener])[];
  readonly peers: readonly (readonly [PeerName, Opener])[];
  /** Ends what the works have started. */
  close?(): Promise<void>;
}

/** The plain-JavaScript backend takes seconds a call beyond this size. */
const LARGEST_CPU_PRODUCT = 512;

const DEEP = [784, 1024, 1024, 1024, 10];

/** All cases that run in Node and in a page. */
export function benchCases(
  contenders: readonly ContenderName[],
  extraction: ExtractionInput,
): BenchCase[] {
  const each = (open: (kind: ContenderName) => Promise<Work>) =>
    contenders.map((name) => [name, () => open(name)] as const);

  const product = (size: number): BenchCase => ({
    name: `gemm-${size}`,
    contenders: each((kind) => productWork(kind, size)),
    peers: [
      ['tfjs-wasm', () => tfjsProduct('wasm', size)],
      ...(size <= LARGEST_CPU_PRODUCT
        ? [['tfjs-cpu', () => tfjsProduct('cpu', size)] as const]
        : []),
      ['jax-js-wasm', () => jaxProduct(size)],
    ],
  });
  const training = (name: string, shape: NetworkShape): BenchCase => ({
    name,
    contenders: each((kind) => trainingWork(kind, shape)),
    peers: [
      ['tfjs-wasm-autodiff', () => tfjsAutodiff(shape)],
      ['tfjs-wasm-manual', () => tfjsManual(shape)],
      ['jax-js-wasm', () => jaxTraining(shape)],
    ],
  });
  const inference = (name: string, shape: NetworkShape): BenchCase => ({
    name,
    // The inference module has no relaxed form.
    contenders:
      shape.batch === 1
        ? [['portable', () => inferenceWork('portable', shape)]]
        : each((kind) => inferenceWork(kind, shape)),
    peers: [
      ['tfjs-wasm', () => tfjsInference(shape)],
      ['jax-js-wasm', () => jaxInference(shape)],
    ],
  });

  return [
    product(256),
    product(512),
    product(1024),
    product(2048),
    training('train-256-512-10-b64', { sizes: [256, 512, 10], batch: 64 }),
    training('train-784-1024x3-10-b64', { sizes: DEEP, batch: 64 }),
    inference('infer-784-1024x3-10-b1', { sizes: DEEP, batch: 1 }),
    inference('infer-784-1024x3-10-b32', { sizes: DEEP, batch: 32 }),
    {
      name: `extract-mnist-512-b${extraction.images.count}`,
      contenders: [['portable', () => extractionWork('wasm', extraction)]],
      peers: [['tfjs-cpu', () => extractionWork('cpu', extraction)]],
    },
  ];
}
