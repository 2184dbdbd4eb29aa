/** What runs on the thread that trains: one trainer a task, any number of clients in turn. */
import {
  type ClientTrainer,
  createTrainer,
  type LocalTraining,
  type LocalUpdate,
  taskHash,
} from '@fedhybnn/shared';

/** Trains; the first call for a task loads the kernels. */
export type TrainingHost = (training: LocalTraining) => Promise<LocalUpdate>;

export function createTrainingHost(): TrainingHost {
  const trainers = new Map<string, Promise<ClientTrainer>>();
  return async (training) => {
    const { task } = training;
    const hash = taskHash(task);
    const trainer = trainers.get(hash) ?? createTrainer(task);
    trainers.set(hash, trainer);
    return (await trainer).trainLocally(training);
  };
}
