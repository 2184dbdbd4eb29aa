/**
 * The coordinate-wise trimmed mean (Yin et al., arXiv 1803.01498): on every coordinate the k smallest
 * and the k largest values are left out.
 *
 *   x_(1) ≤ … ≤ x_(n) the values of one coordinate;   mean of x_(k+1) … x_(n−k),   k = ⌊β·n⌋ < n/2
 *
 * Up to k attackers cannot take a coordinate beyond what honest clients sent.
 */
import type { Tally } from '../rules/rule.js';
import type { Drift } from './drifts.js';

/** @param trim β, below 1/2 */
export function trimmedMean(drifts: readonly Drift[], parameters: number, trim: number): Tally {
  return middle(drifts, parameters, Math.floor(trim * drifts.length));
}

/** Sums of what is left on each coordinate without the k smallest and k largest values; 2k < n. */
export function middle(drifts: readonly Drift[], parameters: number, k: number): Tally {
  const column = new Int32Array(drifts.length);
  const sums = new Float64Array(parameters);
  for (let i = 0; i < parameters; i++) {
    for (let c = 0; c < column.length; c++) column[c] = drifts[c].values[i];
    column.sort();
    for (let c = k; c < column.length - k; c++) sums[i] += column[c];
  }
  return { count: drifts.length - 2 * k, sums };
}
