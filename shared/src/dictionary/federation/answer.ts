/** A client's part of a round: from its own images to the integers of its update. */

import { checkImages } from '../../extractor/check-images.js';
import type { ImageBatch } from '../../extractor/extractor.js';
import { takeImages } from '../../extractor/take-images.js';
import { FederationError } from '../../protocol/errors.js';
import { Random } from '../../random/random.js';
import { deriveSeed } from '../../random/seed.js';
import type { DictionaryTask } from '../../task/dictionary-task.js';
import { drawPatches } from '../sample-patches.js';
import { encodeSums, sumsProblem } from './centroids.js';
import { encodeMoments, momentsProblem } from './moments.js';
import { stageOf } from './stage.js';
import type { DictionaryState } from './state.js';
import { countsProblem, encodeCounts } from './thresholds.js';

/**
 * The client's update for the round after `state`. Which patches and images it takes follows from
 * the task's seed, the round and its id, so that the same client gives the same bytes again.
 * @param images its own; at least one
 * @throws FederationError `bad-request` for images of another shape than the task's
 */
export async function answerRound(
  task: DictionaryTask,
  state: DictionaryState,
  images: ImageBatch,
  client: string,
): Promise<Float64Array> {
  checkImages(task.input, images);
  const round = state.round + 1;
  const stage = stageOf(task, round);
  if (stage.kind === 'thresholds') {
    return encodeCounts(task, state, stage.width, ownSample(task, images, client));
  }
  const patches = ownPatches(task, round, images, client);
  return stage.kind === 'moments' ? encodeMoments(task, patches) : encodeSums(task, state, patches);
}

/**
 * Refuses integers that no client's images can give.
 * @throws FederationError `frame-corrupt` saying which bound is broken
 */
export function checkAnswer(
  task: DictionaryTask,
  state: DictionaryState,
  values: Float64Array,
): void {
  const problem = problemOf(task, state, values);
  if (problem !== undefined) {
    throw new FederationError(
      'frame-corrupt',
      `dictionary update: ${problem}; compute it again from the round's state`,
    );
  }
}

function problemOf(
  task: DictionaryTask,
  state: DictionaryState,
  values: Float64Array,
): string | undefined {
  const stage = stageOf(task, state.round + 1);
  switch (stage.kind) {
    case 'moments':
      return momentsProblem(task, values);
    case 'centroids':
      return sumsProblem(task, state, values);
    case 'thresholds':
      return countsProblem(task, state, stage.width, values);
  }
}

function ownPatches(
  { dictionary, learning, federation }: DictionaryTask,
  round: number,
  images: ImageBatch,
  client: string,
): Float64Array {
  const { size, contrastFloor } = dictionary;
  const { patches, leastDeviation } = learning;
  const seed = deriveSeed(federation.seed, 'dictionary', 'patches', round, client);
  const sampling = { size, count: patches, leastDeviation, contrastFloor };
  return drawPatches(images, sampling, new Random(seed));
}

/** The images that count for the medians: the same ones in each of the rounds. */
function ownSample(
  { learning, federation }: DictionaryTask,
  images: ImageBatch,
  client: string,
): ImageBatch {
  if (images.count <= learning.images) return images;
  const random = new Random(deriveSeed(federation.seed, 'dictionary', 'images', client));
  return takeImages(images, random.sample(images.count, learning.images));
}
