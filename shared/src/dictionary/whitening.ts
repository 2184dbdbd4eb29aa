/** ZCA whitening: decorrelates rows while changing them as little as possible. */
import { symmetricEigen } from './symmetric-eigen.js';

/**
 * Σ x·xᵀ of the rows. They are taken to have zero mean, as patches do once their own mean is
 * subtracted.
 * @param rows [count][n]
 * @returns [n][n], symmetric
 */
export function momentSums(rows: Float64Array, n: number): Float64Array {
  const sums = new Float64Array(n * n);
  for (let at = 0; at < rows.length; at += n) {
    for (let i = 0; i < n; i++) {
      const x = rows[at + i];
      for (let j = i; j < n; j++) sums[i * n + j] += x * rows[at + j];
    }
  }
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) sums[j * n + i] = sums[i * n + j];
  }
  return sums;
}

/**
 * W = V · diag(1 / √(λ + ε)) · Vᵀ for the second moments C = V · diag(λ) · Vᵀ.
 * @param moments C = {@link momentSums} by the number of rows, [n][n]
 * @returns [n][n], symmetric
 */
export function zcaWhitening(moments: Float64Array, n: number, epsilon: number): Float64Array {
  const { values, vectors } = symmetricEigen(moments, n);
  const whitening = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) {
        // Moments from rounded sums can have a λ below 0.
        const spread = Math.max(values[k] + epsilon, epsilon / 2);
        sum += (vectors[i * n + k] * vectors[j * n + k]) / Math.sqrt(spread);
      }
      whitening[i * n + j] = sum;
    }
  }
  return whitening;
}

/** rows · matrix, for a symmetric matrix [n][n]. */
export function multiplyRows(rows: Float64Array, matrix: Float64Array, n: number): Float64Array {
  const product = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at += n) {
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += rows[at + j] * matrix[i * n + j];
      product[at + i] = sum;
    }
  }
  return product;
}

/**
 * A response d·(W·(p − p̄)) is (W·d − mean)·p, so one filter does all three. Filters are stored with
 * the value index first, as a convolution takes them.
 * @param centroids [filters][n]
 * @param whitening W, [n][n]
 * @returns [n][filters]
 */
export function foldWhitening(
  centroids: Float64Array,
  whitening: Float64Array,
  n: number,
): Float32Array {
  const folded = multiplyRows(centroids, whitening, n);
  const filters = centroids.length / n;
  const weights = new Float32Array(n * filters);
  for (let f = 0; f < filters; f++) {
    const filter = folded.subarray(f * n, (f + 1) * n);
    let sum = 0;
    for (const value of filter) sum += value;
    for (let i = 0; i < n; i++) weights[i * filters + f] = filter[i] - sum / n;
  }
  return weights;
}
