/** The fixed part of the recipe of a patch dictionary, and how its whitening goes into its filters. */
import { multiplyRows } from './whitening.js';

/** A tenth of the range of a pixel. */
const TENTH = 25.5;

/** Of patches that are learned from: see `sample-patches.ts`. */
export const PATCH_CONSTANTS = { leastDeviation: TENTH, contrastFloor: TENTH } as const;

/** What the features of a dictionary need besides its filters. */
export const FEATURE_CONSTANTS = { rectifier: 0.1, contrastFloor: TENTH } as const;

export const WHITENING_EPSILON = 0.01;

/**
 * A response d·(W·(p − p̄)) is (W·d − mean)·p, so one filter does all three. Filters are stored with
 * the value index first, as a convolution takes them.
 */
export function foldWhitening(
  centroids: Float64Array,
  whitening: Float64Array,
  n: number,
  filters: number,
): Float32Array {
  const folded = multiplyRows(centroids, whitening, n);
  const weights = new Float32Array(n * filters);
  for (let f = 0; f < filters; f++) {
    const filter = folded.subarray(f * n, (f + 1) * n);
    let sum = 0;
    for (const value of filter) sum += value;
    for (let i = 0; i < n; i++) weights[i * filters + f] = filter[i] - sum / n;
  }
  return weights;
}
