/**
 * The last rounds: each feature's median over the images of the panel, in 16-bit fixed point, by
 * sixteenths of the range. A round asks how many images reach each of the candidates
 *
 *     low, low + width, … low + 15·width      for width = 4096, 256, 16, 1
 *
 * and `low` becomes the largest candidate that half of the images reach, which after width 1 is the
 * median: exact, where the same clients answer the four rounds. The last round also counts the
 * values one below and two above, for the guard band.
 *
 * The fixed point follows from the filters alone: a response f·p / (c + floor) is at most |f|, and
 * no median of a cell's mean comes near a quarter of that. Above it features saturate, which moves no
 * median below it.
 */

import type { ImageBatch } from '../../extractor/extractor.js';
import type { PatchDictionary } from '../../extractor/patch-features.js';
import { toFixedPoint } from '../../extractor/patches.js';
import { portablePatchFeatures } from '../../extractor/portable-features.js';
import type { Tally } from '../../rules/rule.js';
import type { DictionaryTask } from '../../task/dictionary-task.js';
import { chooseFractionBits, lowestThreshold } from '../fit-thresholds.js';
import { foldWhitening } from '../whitening.js';
import { candidateCount, featureCount, PARTS, patchValues } from './stage.js';
import { centroidsOf, type DictionaryState, type ThresholdCounts, whiteningOf } from './state.js';

const LARGEST_FIXED = 65_535;

/** The dictionary that the centroids make. */
export function learnedDictionary(task: DictionaryTask, state: DictionaryState): PatchDictionary {
  const { size, filters, padding, grid, rectifier, contrastFloor } = task.dictionary;
  const { channels } = task.input;
  const n = patchValues(task);
  const weights = foldWhitening(centroidsOf(state), whiteningOf(state, n), n);
  return { size, channels, filters, padding, grid, rectifier, contrastFloor, weights };
}

/** Of the features' fixed point, which holds a quarter of the longest filter. */
export function fractionBitsOf({ filters, weights }: PatchDictionary): number {
  const squares = new Float64Array(filters);
  weights.forEach((weight, i) => {
    squares[i % filters] += weight * weight;
  });
  return chooseFractionBits(Math.sqrt(squares.reduce((a, b) => Math.max(a, b))) / 4);
}

/** Where the search for the medians starts. */
export function initialLow(task: DictionaryTask, state: DictionaryState): Uint16Array {
  const lowest = lowestThreshold(fractionBitsOf(learnedDictionary(task, state)));
  return new Uint16Array(featureCount(task)).fill(lowest);
}

/** Candidate i of a feature. */
function candidate(low: number, width: number, i: number): number {
  // A value of 0 reaches nothing: the lowest candidate is 1.
  return width === 1 ? Math.max(1, low - 1 + i) : low + i * width;
}

/** A client's update. */
export async function encodeCounts(
  task: DictionaryTask,
  state: DictionaryState,
  width: number,
  images: ImageBatch,
): Promise<Float64Array> {
  const features = featureCount(task);
  const candidates = candidateCount(width);
  const dictionary = learnedDictionary(task, state);
  const bits = fractionBitsOf(dictionary);
  const update = new Float64Array(1 + features * candidates);
  update[0] = images.count;
  const counts = update.subarray(1);
  await portablePatchFeatures(dictionary, images, (values, _first, count) => {
    for (let at = 0; at < count * features; at++) {
      const feature = at % features;
      const value = toFixedPoint(values[at], bits);
      for (let i = 0; i < candidates; i++) {
        if (value < candidate(state.low[feature], width, i)) break;
        counts[feature * candidates + i]++;
      }
    }
  });
  return update;
}

/** What is wrong with an update of this stage, if anything. */
export function countsProblem(
  task: DictionaryTask,
  state: DictionaryState,
  width: number,
  values: Float64Array,
): string | undefined {
  const [images] = values;
  if (images > task.learning.images) return `${images} images are more than the task allows`;
  const candidates = candidateCount(width);
  for (let feature = 0, at = 1; feature < featureCount(task); feature++) {
    let most = images;
    for (let i = 0; i < candidates; i++, at++) {
      const beyond = candidate(state.low[feature], width, i) > LARGEST_FIXED;
      if (values[at] > (beyond ? 0 : most)) {
        return `count ${i} of feature ${feature} is ${values[at]}, more than can reach its value`;
      }
      most = values[at];
    }
  }
  return undefined;
}

export function applyCounts(
  task: DictionaryTask,
  state: DictionaryState,
  width: number,
  { sums }: Tally,
): Pick<DictionaryState, 'low' | 'counts'> {
  const features = featureCount(task);
  const candidates = candidateCount(width);
  const [images] = sums;
  // The value at ⌊images / 2⌋ in ascending order is reached by so many.
  const half = Math.max(1, images - Math.floor(images / 2));
  const low = Uint16Array.from(state.low);
  const counts: ThresholdCounts = {
    images,
    reached: new Uint32Array(features),
    guarded: new Uint32Array(features),
  };
  const first = width === 1 ? 1 : 0;
  for (let feature = 0; feature < features; feature++) {
    const own = sums.subarray(1 + feature * candidates, 1 + (feature + 1) * candidates);
    let chosen = 0;
    while (chosen + 1 < PARTS && own[first + chosen + 1] >= half) chosen++;
    low[feature] += chosen * width;
    counts.reached[feature] = own[first + chosen];
    if (width === 1) counts.guarded[feature] = own[chosen] - own[chosen + 3];
  }
  return width === 1 ? { low, counts } : { low };
}
