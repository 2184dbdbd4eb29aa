/**
 * The global state of a dictionary federation, all of it integers: what a round starts from, what
 * its result moves, and what clients download. Its file is its identity.
 */

import { Random } from '../../random/random.js';
import { deriveSeed } from '../../random/seed.js';
import type { DictionaryTask } from '../../task/dictionary-task.js';
import { startCentroids } from '../spherical-k-means.js';
import { patchValues } from './stage.js';

export interface DictionaryState {
  /** Published rounds; 0 is the start. */
  readonly round: number;
  /** Unit vectors in 1/32767, [filters][n]. */
  readonly centroids: Int16Array;
  /** From round 1 on: the whitening in 2⁻²⁴, the upper triangle of [n][n] row by row; else empty. */
  readonly whitening: Int32Array;
  /** From the last round of k-means on: lower ends of the features' ranges, [features]; else empty. */
  readonly low: Uint16Array;
  /** After the last round: how the thresholds, which `low` then holds, divide the panel's images. */
  readonly counts?: ThresholdCounts;
}

export interface ThresholdCounts {
  /** All images of the panel. */
  readonly images: number;
  /** Images whose feature reaches its threshold, [features]. */
  readonly reached: Uint32Array;
  /** Images whose feature is within one quantum of it, exact zeros aside, [features]. */
  readonly guarded: Uint32Array;
}

const CENTROID_UNIT = 32_767;
const WHITENING_UNIT = 16_777_216;

/** Random centroids, the same for everybody. */
export function initialDictionary(task: DictionaryTask): DictionaryState {
  const random = new Random(deriveSeed(task.federation.seed, 'dictionary', 'centroids'));
  const centroids = startCentroids(task.dictionary.filters, patchValues(task), random);
  return {
    round: 0,
    centroids: quantizeCentroids(centroids),
    whitening: new Int32Array(),
    low: new Uint16Array(),
  };
}

/** @param centroids unit vectors */
export function quantizeCentroids(centroids: Float64Array): Int16Array {
  return Int16Array.from(centroids, (value) => Math.floor(value * CENTROID_UNIT + 0.5));
}

/** [filters][n], each of unit length up to its rounding. */
export function centroidsOf({ centroids }: DictionaryState): Float64Array {
  return Float64Array.from(centroids, (value) => value / CENTROID_UNIT);
}

/** @param whitening [n][n], symmetric, its entries below 128 */
export function quantizeWhitening(whitening: Float64Array, n: number): Int32Array {
  const packed = new Int32Array((n * (n + 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      packed[at++] = Math.floor(whitening[i * n + j] * WHITENING_UNIT + 0.5);
    }
  }
  return packed;
}

/** [n][n]. */
export function whiteningOf({ whitening }: DictionaryState, n: number): Float64Array {
  const matrix = new Float64Array(n * n);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      matrix[i * n + j] = matrix[j * n + i] = whitening[at++] / WHITENING_UNIT;
    }
  }
  return matrix;
}
