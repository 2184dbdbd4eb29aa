/** The implementations of the kernels, and their ways to make products. */

/**
 * `simd`: WebAssembly with portable SIMD; `relaxed`: the same with relaxed SIMD's byte shuffle;
 * `reference`: plain TypeScript.
 */
export type KernelsName = 'simd' | 'relaxed' | 'reference';

/**
 * Ways to make an XNOR-popcount product in WebAssembly:
 * - `words`: scalar 64-bit popcounts;
 * - `bytes`: vectors of byte popcounts;
 * - `nibbles`: four bits of a neuron look up a count in a table of the sample, by byte shuffle;
 * - `tables`: six bits of a neuron choose a vector of counts, one a sample.
 */
export const PRODUCT_ALGORITHMS = ['words', 'bytes', 'nibbles', 'tables'] as const;
export type ProductAlgorithm = (typeof PRODUCT_ALGORITHMS)[number];

/** Which way serves which shape of product. */
export interface ProductChoice {
  /** Fewer than {@link MANY_SAMPLES} samples. */
  readonly few: ProductAlgorithm | 'reference';
  readonly many: ProductAlgorithm | 'reference';
}

/** From this many samples on, a product is of the shape class `many`. */
export const MANY_SAMPLES = 12;
