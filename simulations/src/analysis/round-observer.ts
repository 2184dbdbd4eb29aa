/** What a run that is kept measures on the way, on some fifty of its rounds. */
import { describeHead, type Evaluator, type LabeledBits, type Task } from '@fedhybnn/shared';
import type { PlayedRound, RoundObserver } from '../engine/observer.js';
import type { RoundExtra } from '../engine/round-metrics.js';
import { classAccuracies, confusionOf } from './class-accuracy.js';
import { voteAgreement } from './vote-agreement.js';

/** Rounds that are looked at closely: a plot shows no more. */
const ROUNDS = 50;

/**
 * Numbers under `extra` of a round:
 * - `payloadBytes`: of all updates, without their frames;
 * - `classAccuracy`: on the test samples, one a class;
 * - `agreement` and `agreement.N`: mean of |S|/n over the voted parameters, one a layer, and the
 *   histogram of layer N.
 */
export function createRoundObserver(
  task: Task,
  test: LabeledBits,
  evaluator: Evaluator,
): RoundObserver {
  const layers = describeHead(task);
  const every = Math.max(1, Math.ceil(task.federation.rounds / ROUNDS));
  return {
    needsUpdates: true,
    observe({ metrics, model, rule, context, updates }: PlayedRound): RoundExtra | undefined {
      const { round, accuracy } = metrics;
      const payloads = updates.map(({ payload }) => payload);
      const payloadBytes = payloads.reduce((sum, { length }) => sum + length, 0);
      const last = round === task.federation.rounds;
      if (!last && (accuracy === null || (round !== 1 && round % every !== 0))) {
        return { payloadBytes };
      }
      const agreement = voteAgreement(rule, payloads, context, layers);
      return {
        payloadBytes,
        ...('labels' in test && {
          classAccuracy: classAccuracies(
            confusionOf(test.labels, evaluator.answers(model, test.bits), task.labels.length),
          ),
        }),
        ...(agreement.length > 0 && { agreement: agreement.map(({ mean }) => mean) }),
        ...Object.fromEntries(
          agreement.map(({ layer, histogram }) => [`agreement.${layer + 1}`, histogram]),
        ),
      };
    },
  };
}
