/**
 * The first round: second moments of patches, from which the whitening follows.
 *
 * A patch, centered and divided by norm + floor, is shorter than 1, so the trace of the moments of m
 * patches stays below m; and mᵢⱼ² ≤ mᵢᵢ·mⱼⱼ, as with all second moments.
 */

import { FederationError } from '../../protocol/errors.js';
import type { Tally } from '../../rules/rule.js';
import type { DictionaryTask } from '../../task/dictionary-task.js';
import { momentSums, zcaWhitening } from '../whitening.js';
import { toInteger, unitOf } from './quantity.js';
import { patchValues } from './stage.js';
import { type DictionaryState, quantizeWhitening } from './state.js';

function momentUnit({ learning }: DictionaryTask): number {
  return unitOf(learning.patches, learning.sumBits);
}

/** A client's update. @param patches [count][n] */
export function encodeMoments(task: DictionaryTask, patches: Float64Array): Float64Array {
  const n = patchValues(task);
  const unit = momentUnit(task);
  const sums = momentSums(patches, n);
  const values = [patches.length / n];
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) values.push(toInteger(sums[i * n + j], unit));
  }
  return Float64Array.from(values);
}

/** What is wrong with an update of this stage, if anything. */
export function momentsProblem(
  task: DictionaryTask,
  [count, ...moments]: Float64Array,
): string | undefined {
  if (count > task.learning.patches) return `${count} patches are more than the task allows`;
  const n = patchValues(task);
  const diagonal = new Float64Array(n);
  for (let i = 0, at = 0; i < n; at += n - i, i++) {
    diagonal[i] = moments[at];
    if (diagonal[i] < 0) return `moment ${i},${i} is below 0, which no sum of squares is`;
  }
  const trace = diagonal.reduce((sum, moment) => sum + moment, 0);
  // Each moment is rounded by half an integer at most.
  if (trace > count / momentUnit(task) + n) return `the trace is above that of ${count} patches`;
  for (let i = 0, at = 0; i < n; i++) {
    for (let j = i; j < n; j++, at++) {
      const least = Math.abs(moments[at]) - 0.5;
      if (least > 0 && least * least > (diagonal[i] + 0.5) * (diagonal[j] + 0.5)) {
        return `moment ${i},${j} is larger than those of ${i},${i} and ${j},${j} allow`;
      }
    }
  }
  return undefined;
}

/** @throws FederationError `bad-request` where no client has a patch with contrast */
export function applyMoments(
  task: DictionaryTask,
  state: DictionaryState,
  { sums: [count, ...moments] }: Tally,
): Pick<DictionaryState, 'whitening'> {
  if (count === 0) {
    throw new FederationError(
      'bad-request',
      `round ${state.round + 1}: no client has a patch with enough contrast; give images that are not flat`,
    );
  }
  const n = patchValues(task);
  const unit = momentUnit(task);
  const matrix = new Float64Array(n * n);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      matrix[i * n + j] = matrix[j * n + i] = (moments[at++] * unit) / count;
    }
  }
  const { whiteningEpsilon } = task.learning;
  return { whitening: quantizeWhitening(zcaWhitening(matrix, n, whiteningEpsilon), n) };
}
