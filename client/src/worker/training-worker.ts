/** A thread of the `NodePool`. */
import { parentPort } from 'node:worker_threads';
import {
  type ClientTrainer,
  createEvaluator,
  createTrainer,
  type EpochProgress,
  type Evaluation,
  type Evaluator,
  type GlobalModel,
  type LabeledBits,
} from '@fedhybnn/shared';
import { Kept } from './kept.js';
import type {
  EvaluationJob,
  PoolProgress,
  SharedData,
  TrainingJob,
  TrainingResult,
} from './pool-jobs.js';
import { fromPlainBits } from './shared-memory.js';

class Canceled extends Error {}

const trainers = new Kept<string, Promise<ClientTrainer>>(8);
const evaluators = new Kept<string, Promise<Evaluator>>(8);
const dataSets = new Kept<number, LabeledBits>(8);
const models = new Kept<number, GlobalModel>(3);

const dataOf = ({ dataKey, data }: SharedData) => dataSets.get(dataKey, () => fromPlainBits(data));
const modelOf = ({ model }: EvaluationJob | TrainingJob) =>
  models.get(model.key, () => model.global);

/** One client's part of a round; null if it was canceled. */
export default async function train(request: TrainingJob): Promise<TrainingResult | null> {
  const { job, canceled, taskKey, task, samples } = request;
  const { round, roundSeed, updateFor, client } = request;
  const epochs: EpochProgress[] = [];
  const stopIfCanceled = () => {
    if (canceled !== undefined && Atomics.load(canceled, 0) !== 0) throw new Canceled();
  };
  try {
    stopIfCanceled();
    const trainer = await trainers.get(taskKey, () => createTrainer(task));
    const update = trainer.trainLocally({
      ...{ task, round, roundSeed, updateFor, client, samples },
      global: modelOf(request),
      data: dataOf(request),
      onEpoch: (progress) => {
        if (job !== undefined) {
          epochs.push(progress);
          const message: PoolProgress = { job, progress };
          parentPort?.postMessage(message);
        }
        if (progress.epoch < progress.epochs) stopIfCanceled();
      },
    });
    return { update, epochs };
  } catch (thrown) {
    if (thrown instanceof Canceled) return null;
    throw thrown;
  }
}

export async function evaluate(request: EvaluationJob): Promise<Evaluation> {
  const { taskKey, task } = request;
  const evaluator = await evaluators.get(taskKey, () => createEvaluator(task));
  return evaluator.evaluate(modelOf(request), dataOf(request));
}
