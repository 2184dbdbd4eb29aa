/**
 * The last rounds of a dictionary federation: the median of every feature over the images of all
 * clients of these rounds, found without seeing a feature, by counting.
 *
 * In a round the coordinator names some values of every feature; a client counts its images whose
 * feature, in 16-bit fixed point, reaches each of them: i32[1 + features · values], its images first.
 * Four rounds of 15 values find the median exactly, a hexadecimal digit a round; a fifth measures
 * how balanced each bit is and how many features lie beside its threshold.
 */
import { toFixedPoint } from '../extractor/patches.js';
import { type FittedFeature, lowestThreshold } from './fit-thresholds.js';

const LARGEST = 65_535;
const DIGITS = [4096, 256, 16, 1] as const;
/** Rounds of this phase. */
export const THRESHOLD_ROUNDS = DIGITS.length + 1;

/** What is known before round `digit` of the phase, from 0. */
export interface ThresholdSearch {
  readonly digit: number;
  /** Medians so far, rounded down to digits; [features]. */
  readonly low: Uint16Array;
}

export function startSearch(features: number): ThresholdSearch {
  return { digit: 0, low: new Uint16Array(features) };
}

/** Values that are asked about a feature in this round. */
export function candidates(
  { digit, low }: ThresholdSearch,
  feature: number,
  fractionBits: number,
): number[] {
  const step = DIGITS[digit];
  if (step !== undefined)
    return Array.from({ length: 15 }, (_, j) => low[feature] + (j + 1) * step);
  const threshold = Math.max(lowestThreshold(fractionBits), low[feature]);
  // A zero is exact on every backend, so it is not in doubt.
  return [Math.max(1, threshold - 1), threshold, threshold + 2];
}

/** Values a feature in this round. */
export function candidateCount({ digit }: ThresholdSearch): number {
  return digit < DIGITS.length ? 15 : 3;
}

/** Numbers in an update. */
export function thresholdsLength(search: ThresholdSearch, features: number): number {
  return 1 + features * candidateCount(search);
}

/** [images][features] in fixed point. */
export function toFixedFeatures(values: Float32Array, fractionBits: number): Uint16Array {
  return Uint16Array.from(values, (value) => toFixedPoint(value, fractionBits));
}

/** @param fixed features of a client's images, [images][features] */
export function thresholdsUpdate(
  search: ThresholdSearch,
  fixed: Uint16Array,
  fractionBits: number,
): Int32Array {
  const features = search.low.length;
  const values = candidateCount(search);
  const update = new Int32Array(thresholdsLength(search, features));
  update[0] = fixed.length / features;
  for (let f = 0; f < features; f++) {
    const asked = candidates(search, f, fractionBits);
    for (let at = f; at < fixed.length; at += features) {
      for (let j = 0; j < values && fixed[at] >= asked[j]; j++) update[1 + f * values + j]++;
    }
  }
  return update;
}

/** What is wrong with an update, or undefined. */
export function thresholdsProblem(
  search: ThresholdSearch,
  update: Int32Array,
  images: number,
): string | undefined {
  const [count] = update;
  if (count < 1 || count > images) return `it counts ${count} images, not 1 to ${images}`;
  const values = candidateCount(search);
  for (let i = 1; i < update.length; i++) {
    // Fewer images reach a larger value.
    const most = (i - 1) % values === 0 ? count : update[i - 1];
    if (update[i] < 0 || update[i] > most) return `count ${i} is ${update[i]}, not 0 to ${most}`;
  }
  return undefined;
}

/** The next digit of every median. */
export function narrow(search: ThresholdSearch, updates: Float64Array): ThresholdSearch {
  const { digit, low } = search;
  const step = DIGITS[digit];
  // The median is sorted[⌊images / 2⌋]: the largest value that so many images reach.
  const enough = updates[0] - Math.floor(updates[0] / 2);
  const next = low.map((value, f) => {
    let reached = value;
    for (let j = 0; j < 15; j++) {
      const candidate = value + (j + 1) * step;
      if (updates[1 + f * 15 + j] >= enough && candidate <= LARGEST) reached = candidate;
    }
    return reached;
  });
  return { digit: digit + 1, low: next };
}

/** Thresholds and how their bits behave, after the last round. */
export function fitted(
  { low }: ThresholdSearch,
  updates: Float64Array,
  fractionBits: number,
): FittedFeature[] {
  const [images] = updates;
  return Array.from(low, (value, f) => ({
    threshold: Math.max(lowestThreshold(fractionBits), value),
    share: updates[1 + f * 3 + 1] / images,
    guarded: (updates[1 + f * 3] - updates[1 + f * 3 + 2]) / images,
  }));
}
