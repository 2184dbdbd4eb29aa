/** What is timed: each case with its contender and peers. */
import { inferenceWork, productWork, trainingWork } from './fedhybnn.js';
import { jaxInference, jaxProduct, jaxTraining } from './jax-js.js';
import type { Work } from './measure.js';
import type { NetworkShape } from './network-shape.js';
import { tfjsAutodiff, tfjsInference, tfjsManual, tfjsProduct } from './tfjs.js';

export type PeerName =
  | 'tfjs-wasm'
  | 'tfjs-wasm-autodiff'
  | 'tfjs-wasm-manual'
  | 'tfjs-cpu'
  | 'jax-js-wasm';

export interface BenchCase {
  readonly name: string;
  contender(): Promise<Work>;
  readonly peers: readonly (readonly [PeerName, () => Promise<Work>])[];
}

/** The plain-JavaScript backend takes seconds a call beyond this size. */
const LARGEST_CPU_PRODUCT = 512;

function product(size: number): BenchCase {
  return {
    name: `gemm-${size}`,
    contender: () => productWork(size),
    peers: [
      ['tfjs-wasm', () => tfjsProduct('wasm', size)],
      ...(size <= LARGEST_CPU_PRODUCT
        ? [['tfjs-cpu', () => tfjsProduct('cpu', size)] as const]
        : []),
      ['jax-js-wasm', () => jaxProduct(size)],
    ],
  };
}

function training(name: string, shape: NetworkShape): BenchCase {
  return {
    name,
    contender: () => trainingWork(shape),
    peers: [
      ['tfjs-wasm-autodiff', () => tfjsAutodiff(shape)],
      ['tfjs-wasm-manual', () => tfjsManual(shape)],
      ['jax-js-wasm', () => jaxTraining(shape)],
    ],
  };
}

function inference(name: string, shape: NetworkShape): BenchCase {
  return {
    name,
    contender: () => inferenceWork(shape),
    peers: [
      ['tfjs-wasm', () => tfjsInference(shape)],
      ['jax-js-wasm', () => jaxInference(shape)],
    ],
  };
}

const DEEP = [784, 1024, 1024, 1024, 10];

export const BENCH_CASES: readonly BenchCase[] = [
  product(256),
  product(512),
  product(1024),
  product(2048),
  training('train-256-512-10-b64', { sizes: [256, 512, 10], batch: 64 }),
  training('train-784-1024x3-10-b64', { sizes: DEEP, batch: 64 }),
  inference('infer-784-1024x3-10-b1', { sizes: DEEP, batch: 1 }),
  inference('infer-784-1024x3-10-b32', { sizes: DEEP, batch: 32 }),
];
