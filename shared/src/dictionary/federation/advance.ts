/** The coordinator's part of a round: who is asked, the sum of the answers, the next state. */

import { deriveSeed } from '../../random/seed.js';
import { selectCohort } from '../../round/cohort.js';
import type { Tally } from '../../rules/rule.js';
import type { DictionaryTask } from '../../task/dictionary-task.js';
import { applySums } from './centroids.js';
import { applyMoments } from './moments.js';
import { stageOf } from './stage.js';
import type { DictionaryState } from './state.js';
import { applyCounts, initialLow } from './thresholds.js';

/**
 * The clients of a round: a cohort of its own for k-means; for moments and thresholds, which are
 * measured once, the panel, the same in each of those rounds.
 */
export function dictionaryCohort(
  task: DictionaryTask,
  round: number,
  ready: Iterable<string>,
): string[] {
  const { cohort, panel, seed } = task.federation;
  return stageOf(task, round).kind === 'centroids'
    ? selectCohort(ready, cohort, deriveSeed(seed, 'dictionary', 'cohort', round))
    : selectCohort(ready, panel, deriveSeed(seed, 'dictionary', 'panel'));
}

/** Sums updates of one round, in any order; at least one. */
export function tallyAnswers(updates: readonly Float64Array[]): Tally {
  const [first, ...rest] = updates.map((sums): Tally => ({ count: 1, sums }));
  return rest.reduce(mergeAnswers, first);
}

/** Associative and commutative: the sums are integers below 2⁵³. */
export function mergeAnswers(a: Tally, b: Tally): Tally {
  return {
    count: a.count + b.count,
    sums: Float64Array.from(a.sums, (sum, i) => sum + b.sums[i]),
  };
}

/**
 * The next state: a pure function of the sums.
 * @throws FederationError `bad-request` where nothing can be learned from them
 */
export function advanceDictionary(
  task: DictionaryTask,
  state: DictionaryState,
  tally: Tally,
): DictionaryState {
  const round = state.round + 1;
  const stage = stageOf(task, round);
  const moved = { ...state, ...apply(task, state, stage, tally), round };
  const searching = stageOf(task, round + 1).kind === 'thresholds' && moved.low.length === 0;
  return searching ? { ...moved, low: initialLow(task, moved) } : moved;
}

function apply(
  task: DictionaryTask,
  state: DictionaryState,
  stage: ReturnType<typeof stageOf>,
  tally: Tally,
): Partial<DictionaryState> {
  switch (stage.kind) {
    case 'moments':
      return applyMoments(task, state, tally);
    case 'centroids':
      return applySums(task, state, tally);
    case 'thresholds':
      return applyCounts(task, state, stage.width, tally);
  }
}
