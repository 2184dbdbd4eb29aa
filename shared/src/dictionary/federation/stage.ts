/**
 * What each round of a dictionary federation is for, and the integers that its updates are made of:
 *
 *     round 1            moments      Σ x·xᵀ of patches               ─▶ the whitening
 *     rounds 2 … R + 1   centroids    sums of patches by centroid     ─▶ unit centroids
 *     the last 4         thresholds   how many images reach a value   ─▶ medians, chosen features
 *
 * An update is a row of integers and nothing else, each within bounds that the task says. Sums of
 * integers are the same in any order and modulo any power of two above them, so whatever sums updates
 * may also sum masked ones.
 */
import type { IntegerFormat } from '../../codec/packed-integers.js';
import { patchFeatureCount } from '../../extractor/patch-features.js';
import type { DictionaryTask } from '../../task/dictionary-task.js';

/** Rounds that find a 16-bit threshold by sixteenths. */
const THRESHOLD_ROUNDS = 4;
/** Parts into which such a round divides the range. */
export const PARTS = 16;
/** The last round also asks for the values beside: one below, two above. */
const LAST_CANDIDATES = PARTS + 3;

export type Stage =
  | { readonly kind: 'moments' }
  | { readonly kind: 'centroids' }
  /** `width`: how far the candidates of this round are apart, 4096, 256, 16, 1. */
  | { readonly kind: 'thresholds'; readonly width: number };

/** All rounds of a task. */
export function dictionaryRounds({ learning }: DictionaryTask): number {
  return 1 + learning.rounds + THRESHOLD_ROUNDS;
}

/** @param round from 1 to {@link dictionaryRounds} */
export function stageOf(task: DictionaryTask, round: number): Stage {
  if (round === 1) return { kind: 'moments' };
  if (round <= 1 + task.learning.rounds) return { kind: 'centroids' };
  let width = 1;
  for (let r = round; r < dictionaryRounds(task); r++) width *= PARTS;
  return { kind: 'thresholds', width };
}

/** Integers of one meaning in an update. */
export interface IntegerField extends IntegerFormat {
  readonly name: string;
  readonly count: number;
}

/** Values of a patch. */
export function patchValues({ dictionary, input }: DictionaryTask): number {
  return dictionary.size * dictionary.size * input.channels;
}

/** Features before the choice of bits. */
export function featureCount({ dictionary }: DictionaryTask): number {
  return patchFeatureCount(dictionary);
}

/** Candidates of a feature in a round of thresholds. */
export function candidateCount(width: number): number {
  return width === 1 ? LAST_CANDIDATES : PARTS;
}

/** What an update of the round holds, in this order. */
export function updateFields(task: DictionaryTask, round: number): readonly IntegerField[] {
  const { learning, dictionary } = task;
  const n = patchValues(task);
  const stage = stageOf(task, round);
  const sum = { bits: learning.sumBits, signed: true };
  const patches = unsigned(learning.patches);
  switch (stage.kind) {
    case 'moments':
      return [
        { name: 'patches', count: 1, ...patches },
        { name: 'moment', count: (n * (n + 1)) / 2, ...sum },
      ];
    case 'centroids':
      return [
        { name: 'patches', count: dictionary.filters, ...patches },
        { name: 'sum', count: dictionary.filters * n, ...sum },
      ];
    case 'thresholds': {
      const candidates = featureCount(task) * candidateCount(stage.width);
      const images = unsigned(learning.images);
      return [
        { name: 'images', count: 1, ...images },
        { name: 'count', count: candidates, ...images },
      ];
    }
  }
}

/** The narrowest format that holds 0 … largest. */
function unsigned(largest: number): IntegerFormat {
  return { bits: 32 - Math.clz32(largest), signed: false };
}
