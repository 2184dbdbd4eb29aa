/**
 * The first round: second moments of patches, from which the whitening follows.
 *
 * A patch, centered and divided by norm + floor, is shorter than 1. So of m patches no moment
 * exceeds m, none off the diagonal half of it, and the diagonal's sum stays below m.
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
  const most = count / momentUnit(task);
  let trace = 0;
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      const moment = moments[at++];
      if (i !== j && Math.abs(moment) > most / 2 + 1) {
        return `moment ${i},${j} is ${moment}, more than ${count} patches can have`;
      }
      if (i === j && moment < 0) return `moment ${i},${i} is below 0, which no sum of squares is`;
      if (i === j) trace += moment;
    }
  }
  if (trace > most + n) return `the moments' trace is more than ${count} patches can have`;
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
