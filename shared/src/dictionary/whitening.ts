/** ZCA whitening: decorrelates rows while changing them as little as possible. */
import { symmetricEigen } from './symmetric-eigen.js';

/**
 * W = V · diag(1 / √(λ + ε)) · Vᵀ for the second moments C = V · diag(λ) · Vᵀ of the rows. The rows
 * are taken to have zero mean, as patches do once their own mean is subtracted.
 * @param rows [count][n]
 * @returns [n][n], symmetric
 */
export function zcaWhitening(rows: Float64Array, n: number, epsilon: number): Float64Array {
  const count = rows.length / n;
  const moments = new Float64Array(n * n);
  for (let r = 0; r < count; r++) {
    for (let i = 0; i < n; i++) {
      const x = rows[r * n + i];
      for (let j = i; j < n; j++) moments[i * n + j] += x * rows[r * n + j];
    }
  }
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      moments[i * n + j] /= count;
      moments[j * n + i] = moments[i * n + j];
    }
  }
  return whiteningOf(moments, n, epsilon);
}

/**
 * As {@link zcaWhitening}, from the second moments themselves.
 * @param moments [n][n], symmetric
 */
export function whiteningOf(moments: Float64Array, n: number, epsilon: number): Float64Array {
  const { values, vectors } = symmetricEigen(moments, n);
  const whitening = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) {
        sum += (vectors[i * n + k] * vectors[j * n + k]) / Math.sqrt(values[k] + epsilon);
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
