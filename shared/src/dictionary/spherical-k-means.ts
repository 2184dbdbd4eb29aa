/**
 * Spherical k-means (Coates & Ng 2012, "Learning feature representations with k-means"): unit
 * centroids; a row belongs to the centroid with the largest |projection|; a centroid moves to the
 * projection-weighted sum of its rows plus itself, and back to unit length. A centroid and its
 * negative stand for the same cluster.
 */
import type { Random } from '../random/random.js';

/**
 * @param rows [count][n]
 * @param onIteration called after each iteration, from 1
 * @returns unit centroids, [clusters][n]
 */
export function sphericalKMeans(
  rows: Float64Array,
  n: number,
  options: { readonly clusters: number; readonly iterations: number },
  random: Random,
  onIteration?: (iteration: number) => void,
): Float64Array {
  const { clusters, iterations } = options;
  const centroids = startCentroids(clusters, n, random);
  for (let iteration = 1; iteration <= iterations; iteration++) {
    const sums = Float64Array.from(centroids);
    addProjections(rows, n, centroids, sums);
    centroids.set(sums);
    normalizeRows(centroids, n);
    onIteration?.(iteration);
  }
  return centroids;
}

/** Uniform in a cube, then on the sphere: any spread start will do. */
export function startCentroids(clusters: number, n: number, random: Random): Float64Array {
  const centroids = new Float64Array(clusters * n);
  for (let i = 0; i < centroids.length; i++) centroids[i] = random.unit() - 0.5;
  normalizeRows(centroids, n);
  return centroids;
}

/**
 * Adds each row, times its projection, to the sum of the centroid that it belongs to.
 * @param sums [clusters][n], added to
 * @returns how many rows belong to each centroid
 */
export function addProjections(
  rows: Float64Array,
  n: number,
  centroids: Float64Array,
  sums: Float64Array,
): Uint32Array {
  const clusters = centroids.length / n;
  const counts = new Uint32Array(clusters);
  for (let at = 0; at < rows.length; at += n) {
    let best = 0;
    let bestProjection = 0;
    for (let k = 0; k < clusters; k++) {
      let projection = 0;
      for (let i = 0; i < n; i++) projection += rows[at + i] * centroids[k * n + i];
      if (Math.abs(projection) > Math.abs(bestProjection)) {
        best = k;
        bestProjection = projection;
      }
    }
    counts[best]++;
    for (let i = 0; i < n; i++) sums[best * n + i] += bestProjection * rows[at + i];
  }
  return counts;
}

/** Rows to unit length; a row of zeros stays. */
export function normalizeRows(rows: Float64Array, n: number): void {
  for (let at = 0; at < rows.length; at += n) {
    let squares = 0;
    for (let i = 0; i < n; i++) squares += rows[at + i] * rows[at + i];
    const norm = Math.sqrt(squares);
    if (norm > 0) for (let i = 0; i < n; i++) rows[at + i] /= norm;
  }
}
