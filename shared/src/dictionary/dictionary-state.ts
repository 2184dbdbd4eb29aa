/**
 * Where a dictionary federation stands, and how a round changes it. All functions are pure: a
 * client's update depends on the state, its own images and its seed; the next state on the state and
 * the sum of the updates, in whatever order they came.
 *
 * Rounds: one for the whitening (`moments-phase.ts`), `task.federation.rounds` of k-means
 * (`centroids-phase.ts`), five for the thresholds (`thresholds-phase.ts`).
 */
import type { ImageBatch } from '../extractor/extractor.js';
import type { PatchDictionary } from '../extractor/patch-features.js';
import { portablePatchFeatures } from '../extractor/portable-features.js';
import { FederationError } from '../protocol/errors.js';
import { deriveSeed, Random, type Seed } from '../random/index.js';
import {
  type Centroids,
  centroidsLength,
  centroidsProblem,
  centroidsUpdate,
  centroidValues,
  moveCentroids,
  randomCentroids,
} from './centroids-phase.js';
import { type DictionaryTask, patchValues, taskFeatures } from './dictionary-task.js';
import { chooseFractionBits, type FittedFeature } from './fit-thresholds.js';
import { FEATURE_CONSTANTS, foldWhitening, PATCH_CONSTANTS } from './fold-whitening.js';
import {
  momentsLength,
  momentsProblem,
  momentsUpdate,
  whiteningFrom,
  whiteningValues,
} from './moments-phase.js';
import { samplePatches } from './sample-patches.js';
import {
  fitted,
  narrow,
  startSearch,
  THRESHOLD_ROUNDS,
  type ThresholdSearch,
  thresholdsLength,
  thresholdsProblem,
  thresholdsUpdate,
  toFixedFeatures,
} from './thresholds-phase.js';

export type DictionaryState =
  | { readonly phase: 'moments'; readonly round: 0 }
  | {
      readonly phase: 'centroids';
      /** Rounds that are over. */
      readonly round: number;
      /** [n][n] in 2⁻¹⁶. */
      readonly whitening: Int32Array;
      readonly centroids: Centroids;
    }
  | {
      readonly phase: 'thresholds';
      readonly round: number;
      readonly dictionary: PatchDictionary;
      readonly fractionBits: number;
      readonly search: ThresholdSearch;
    }
  | {
      readonly phase: 'over';
      readonly round: number;
      readonly dictionary: PatchDictionary;
      readonly fractionBits: number;
      readonly features: readonly FittedFeature[];
    };

/** A state in which clients have something to do. */
export type OpenState = Exclude<DictionaryState, { phase: 'over' }>;

export const STARTED: OpenState = { phase: 'moments', round: 0 };

/** Rounds of the whole federation. */
export function dictionaryRounds({ federation }: DictionaryTask): number {
  return 1 + federation.rounds + THRESHOLD_ROUNDS;
}

/** Numbers in an update of the round that follows this state. */
export function updateLength(task: DictionaryTask, state: OpenState): number {
  switch (state.phase) {
    case 'moments':
      return momentsLength(patchValues(task));
    case 'centroids':
      return centroidsLength(task.dictionary.filters, patchValues(task));
    case 'thresholds':
      return thresholdsLength(state.search, taskFeatures(task));
  }
}

/** Which of an update's numbers no honest client can send, or undefined. */
export function updateProblem(
  task: DictionaryTask,
  state: OpenState,
  update: Int32Array,
): string | undefined {
  const { patches, images } = task.federation;
  switch (state.phase) {
    case 'moments':
      return momentsProblem(update, patchValues(task), patches);
    case 'centroids':
      return centroidsProblem(update, patchValues(task), patches);
    case 'thresholds':
      return thresholdsProblem(state.search, update, images);
  }
}

/**
 * What a client sends in the round that follows this state.
 * @param images the client's own; those beyond `task.federation.images` do not count
 * @param seed of the client: its patches are drawn by it, others in every round
 * @throws FederationError `bad-request` for images of another size, or that are flat
 */
export async function dictionaryUpdate(
  task: DictionaryTask,
  state: OpenState,
  images: ImageBatch,
  seed: Seed,
): Promise<Int32Array> {
  const own = takeImages(task, images);
  const n = patchValues(task);
  switch (state.phase) {
    case 'moments':
      return momentsUpdate(drawPatches(task, own, seed, state.round), n);
    case 'centroids': {
      const { whitening, centroids } = state;
      const patches = drawPatches(task, own, seed, state.round);
      return centroidsUpdate(patches, whiteningValues(whitening), centroids.published, n);
    }
    case 'thresholds': {
      const { dictionary, fractionBits, search } = state;
      const count = taskFeatures(task);
      const fixed = new Uint16Array(own.count * count);
      await portablePatchFeatures(dictionary, own, (values, first) => {
        fixed.set(toFixedFeatures(values, fractionBits), first * count);
      });
      return thresholdsUpdate(search, fixed, fractionBits);
    }
  }
}

/** Sum of updates; exact, so it does not depend on their order. */
export function sumUpdates(updates: readonly Int32Array[], length: number): Float64Array {
  const sums = new Float64Array(length);
  for (const update of updates) {
    for (let i = 0; i < length; i++) sums[i] += update[i];
  }
  return sums;
}

/** @param sums of the updates of the round that follows this state */
export function nextState(
  task: DictionaryTask,
  state: OpenState,
  sums: Float64Array,
): DictionaryState {
  const n = patchValues(task);
  const { filters } = task.dictionary;
  const { seed, rounds } = task.federation;
  const round = state.round + 1;
  switch (state.phase) {
    case 'moments': {
      const random = new Random(deriveSeed(seed, 'dictionary', 'centroids'));
      const centroids = randomCentroids(filters, n, random);
      return { phase: 'centroids', round, whitening: whiteningFrom(sums, n), centroids };
    }
    case 'centroids': {
      const { whitening } = state;
      const centroids = moveCentroids(state.centroids, sums, n);
      if (round <= rounds) return { phase: 'centroids', round, whitening, centroids };
      const units = centroidValues(centroids.published);
      const weights = foldWhitening(units, whiteningValues(whitening), n, filters);
      const fractionBits = chooseFractionBits(longest(weights, filters));
      const dictionary = dictionaryWith(task, weights);
      const search = startSearch(taskFeatures(task));
      return { phase: 'thresholds', round, dictionary, fractionBits, search };
    }
    case 'thresholds': {
      const { dictionary, fractionBits, search } = state;
      if (search.digit + 1 < THRESHOLD_ROUNDS) {
        return { ...state, round, search: narrow(search, sums) };
      }
      const features = fitted(search, sums, fractionBits);
      return { phase: 'over', round, dictionary, fractionBits, features };
    }
  }
}

/** The dictionary of a task with these filters. */
export function dictionaryWith(
  { input, dictionary: { size, filters, padding, grid } }: DictionaryTask,
  weights: Float32Array,
): PatchDictionary {
  return {
    ...{ size, channels: input.channels, filters, padding, weights, ...FEATURE_CONSTANTS },
    grid: { width: grid, height: grid },
  };
}

/** The largest norm of a filter: no feature can be larger, since a patch has a norm below 1. */
function longest(weights: Float32Array, filters: number): number {
  const squares = new Float64Array(filters);
  weights.forEach((weight, i) => {
    squares[i % filters] += weight * weight;
  });
  return Math.sqrt(Math.max(...squares));
}

function drawPatches(
  task: DictionaryTask,
  images: ImageBatch,
  seed: Seed,
  round: number,
): Float64Array {
  const sampling = {
    size: task.dictionary.size,
    count: task.federation.patches,
    ...PATCH_CONSTANTS,
  };
  return samplePatches(images, sampling, new Random(deriveSeed(seed, 'dictionary', round)));
}

function takeImages({ input, federation }: DictionaryTask, images: ImageBatch): ImageBatch {
  const { width, height, channels } = images;
  if (width !== input.width || height !== input.height || channels !== input.channels) {
    throw new FederationError(
      'bad-request',
      `images of ${width}×${height}×${channels} do not fit the task's ${input.width}×${input.height}×${input.channels}; scale them first`,
    );
  }
  const count = Math.min(images.count, federation.images);
  return { ...images, count, pixels: images.pixels.subarray(0, count * width * height * channels) };
}
