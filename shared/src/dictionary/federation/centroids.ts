/**
 * A round of spherical k-means over clients (Coates & Ng 2012, one iteration of it). For whitened
 * patches y, cut to the length C, and unit centroids d, every patch goes to the centroid with the
 * largest |d·y|; clients send, by centroid, m = how many patches and S = Σ (d·y)·y; then
 *
 *     d ← normalize(ρ·E·d + ΣS),   E = Σ d·ΣS / filters, the mean energy of a cluster
 *
 * The inertia ρ damps the rounds, whose cohorts differ. A centroid that no patch went to stays: one
 * drawn anew would win no more than it does.
 *
 * d·S = Σ (d·y)² is what k-means maximizes. By Cauchy and Schwarz |S|² ≤ Σ (d·y)² · Σ |y|², so for m
 * patches |S|² ≤ d·S · m·C²: a sum is no longer than m·C², never points away from its centroid, and
 * the longer it is the closer it lies to it. An update that breaks this is no update of patches.
 */
import type { Tally } from '../../rules/rule.js';
import type { DictionaryTask } from '../../task/dictionary-task.js';
import { addProjections, normalizeRows } from '../spherical-k-means.js';
import { multiplyRows } from '../whitening.js';
import { toInteger, unitOf } from './quantity.js';
import { patchValues } from './stage.js';
import { centroidsOf, type DictionaryState, quantizeCentroids, whiteningOf } from './state.js';

/** No unit vector of at most 512 values, rounded to 1/32767, is longer. */
const LONGEST_CENTROID = 1.001;

function sumUnit({ learning }: DictionaryTask): number {
  const { patches, clip, sumBits } = learning;
  return unitOf(patches * clip * clip * LONGEST_CENTROID, sumBits);
}

/** A client's update. @param patches [count][n], not whitened */
export function encodeSums(
  task: DictionaryTask,
  state: DictionaryState,
  patches: Float64Array,
): Float64Array {
  const n = patchValues(task);
  const { filters } = task.dictionary;
  const white = multiplyRows(patches, whiteningOf(state, n), n);
  clipRows(white, n, task.learning.clip);
  const sums = new Float64Array(filters * n);
  const counts = addProjections(white, n, centroidsOf(state), sums);
  const unit = sumUnit(task);
  return Float64Array.of(...counts, ...sums.map((sum) => toInteger(sum, unit)));
}

function clipRows(rows: Float64Array, n: number, clip: number): void {
  for (let at = 0; at < rows.length; at += n) {
    const norm = Math.sqrt(dot(rows, rows, at, n));
    if (norm > clip) for (let i = 0; i < n; i++) rows[at + i] *= clip / norm;
  }
}

/** What is wrong with an update of this stage, if anything. */
export function sumsProblem(
  task: DictionaryTask,
  state: DictionaryState,
  values: Float64Array,
): string | undefined {
  const n = patchValues(task);
  const { dictionary, learning } = task;
  const counts = values.subarray(0, dictionary.filters);
  const sums = values.subarray(dictionary.filters);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > learning.patches) return `${total} patches are more than the task allows`;
  const centroids = centroidsOf(state);
  for (let k = 0; k < dictionary.filters; k++) {
    const at = k * n;
    const most = (counts[k] * learning.clip * learning.clip) / sumUnit(task);
    // Rounding moves a sum by √n / 2 at most, |S|² and d·S·most by three times as much times most.
    const rounding = 2 * Math.sqrt(n) * most + n;
    const along = dot(sums, centroids, at, n);
    if (dot(sums, sums, at, n) > along * most + rounding) {
      return `the sum of centroid ${k} is not one of ${counts[k]} patches: it is too long, or points elsewhere`;
    }
  }
  return undefined;
}

export function applySums(
  task: DictionaryTask,
  state: DictionaryState,
  tally: Tally,
): Pick<DictionaryState, 'centroids'> {
  const n = patchValues(task);
  const { filters } = task.dictionary;
  const unit = sumUnit(task);
  const sums = Float64Array.from(tally.sums.subarray(filters), (sum) => sum * unit);
  const centroids = centroidsOf(state);
  const weight = Math.max(0, (task.learning.inertia * dot(sums, centroids)) / filters);
  const moved = sums.map((sum, i) => weight * centroids[i] + sum);
  normalizeRows(moved, n);
  const quantized = quantizeCentroids(moved);
  for (let k = 0; k < filters; k++) {
    const own = quantized.subarray(k * n, (k + 1) * n);
    if (own.every((value) => value === 0)) own.set(state.centroids.subarray(k * n, (k + 1) * n));
  }
  return { centroids: quantized };
}

/** Mean (d·y)² of the tally's patches: how much of a whitened patch its centroid explains. */
export function objectiveOf(task: DictionaryTask, state: DictionaryState, tally: Tally): number {
  const { filters } = task.dictionary;
  const counts = Float64Array.from(tally.sums.subarray(0, filters));
  const patches = counts.reduce((sum, count) => sum + count, 0);
  if (patches === 0) return 0;
  const sums = Float64Array.from(tally.sums.subarray(filters));
  return (dot(sums, centroidsOf(state)) * sumUnit(task)) / patches;
}

/** Of `length` values from `at` on; of all by default. */
function dot(a: Float64Array, b: Float64Array, at = 0, length = a.length): number {
  let sum = 0;
  for (let i = at; i < at + length; i++) sum += a[i] * b[i];
  return sum;
}
