/**
 * The rounds of federated spherical k-means. The coordinator publishes unit centroids in i16; a
 * client gives each of its whitened patches y to the centroid with the largest |projection| and
 * sends, per centroid, the projection-weighted sum; the coordinator adds the sums of all clients to
 * half of what it had and normalizes (k-means: Coates & Ng 2012; the fading memory stands for the
 * learning rate of mini-batch k-means, Sculley 2010, since every round sees other patches).
 *
 * A client's update is i32[1 + K·(1 + n)]: Σ |projection| in 2⁻⁸, then per centroid the number of
 * its patches and the sum in 2⁻⁸. Patches are clipped to a norm of 8, so that every number has a
 * bound that the coordinator checks and a mask can cover.
 */
import type { Random } from '../random/random.js';
import { multiplyRows } from './whitening.js';

const CLIP = 8;
const SCALE = 256;
/** Centroids are published in 2⁻¹⁵. */
const UNIT = 32_767;

export interface Centroids {
  /** [K][n] in 2⁻¹⁵, of unit length. */
  readonly published: Int16Array;
  /** [K][n]: what they are the directions of; whole numbers. */
  readonly sums: Float64Array;
}

/** Numbers in an update. */
export function centroidsLength(clusters: number, n: number): number {
  return 1 + clusters * (1 + n);
}

/** Directions uniform in a cube, of little weight: any spread start will do. */
export function randomCentroids(clusters: number, n: number, random: Random): Centroids {
  const sums = Float64Array.from({ length: clusters * n }, () =>
    Math.round((random.unit() - 0.5) * 2 * SCALE),
  );
  return publish(sums, n, new Int16Array(clusters * n));
}

/**
 * @param patches [count][n], not yet whitened
 * @param whitening [n][n]
 */
export function centroidsUpdate(
  patches: Float64Array,
  whitening: Float64Array,
  centroids: Int16Array,
  n: number,
): Int32Array {
  const rows = multiplyRows(patches, whitening, n);
  const clusters = centroids.length / n;
  const units = Float64Array.from(centroids, (value) => value / UNIT);
  const counts = new Float64Array(clusters);
  const sums = new Float64Array(clusters * n);
  let objective = 0;
  for (let at = 0; at < rows.length; at += n) {
    clip(rows.subarray(at, at + n));
    let best = 0;
    let bestProjection = 0;
    for (let k = 0; k < clusters; k++) {
      let projection = 0;
      for (let i = 0; i < n; i++) projection += rows[at + i] * units[k * n + i];
      if (Math.abs(projection) > Math.abs(bestProjection)) {
        best = k;
        bestProjection = projection;
      }
    }
    counts[best]++;
    objective += Math.abs(bestProjection);
    for (let i = 0; i < n; i++) sums[best * n + i] += bestProjection * rows[at + i];
  }
  const update = new Int32Array(centroidsLength(clusters, n));
  update[0] = Math.round(SCALE * objective);
  for (let k = 0; k < clusters; k++) {
    const start = 1 + k * (1 + n);
    update[start] = counts[k];
    for (let i = 0; i < n; i++) update[start + 1 + i] = Math.round(SCALE * sums[k * n + i]);
  }
  return update;
}

/** What is wrong with an update, or undefined. */
export function centroidsProblem(
  update: Int32Array,
  n: number,
  patches: number,
): string | undefined {
  let counted = 0;
  for (let at = 1; at < update.length; at += 1 + n) {
    const k = (at - 1) / (1 + n);
    const count = update[at];
    if (count < 0 || count > patches) return `centroid ${k} counts ${count} patches`;
    counted += count;
    const most = bound(count);
    for (let i = 1; i <= n; i++) {
      const value = update[at + i];
      if (Math.abs(value) > most) return `a sum of centroid ${k} is ${value}, beyond ±${most}`;
    }
  }
  if (counted < 1 || counted > patches) return `it counts ${counted} patches, not 1 to ${patches}`;
  if (update[0] < 0 || update[0] > bound(counted)) return `its objective is ${update[0]}`;
  return undefined;
}

/** Of a sum over `count` patches; published centroids may be longer than 1 by their rounding. */
function bound(count: number): number {
  return Math.ceil(1.01 * count * CLIP * CLIP * SCALE);
}

/**
 * @param updates summed
 */
export function moveCentroids(before: Centroids, updates: Float64Array, n: number): Centroids {
  const sums = before.sums.map((value, i) => {
    const k = Math.floor(i / n);
    return Math.trunc(value / 2) + updates[1 + k * (1 + n) + 1 + (i % n)];
  });
  return publish(sums, n, before.published);
}

/** Mean |projection| of a patch, from summed updates. */
export function objectiveOf(updates: Float64Array, n: number): number {
  let counted = 0;
  for (let at = 1; at < updates.length; at += 1 + n) counted += updates[at];
  return updates[0] / (SCALE * counted);
}

/** The centroids as numbers. */
export function centroidValues(published: Int16Array): Float64Array {
  return Float64Array.from(published, (value) => value / UNIT);
}

/** @param otherwise taken where a sum has faded to nothing: no client has patches like these */
function publish(sums: Float64Array, n: number, otherwise: Int16Array): Centroids {
  const published = otherwise.slice();
  for (let at = 0; at < sums.length; at += n) {
    const row = sums.subarray(at, at + n);
    const norm = Math.sqrt(row.reduce((squares, value) => squares + value * value, 0));
    if (norm > 0)
      published.set(
        Int16Array.from(row, (v) => Math.round((UNIT * v) / norm)),
        at,
      );
  }
  return { published, sums };
}

/** Shortens a patch whose norm is above {@link CLIP}. */
function clip(row: Float64Array): void {
  const norm = Math.sqrt(row.reduce((squares, value) => squares + value * value, 0));
  if (norm > CLIP) for (let i = 0; i < row.length; i++) row[i] *= CLIP / norm;
}
