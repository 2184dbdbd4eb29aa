/** The one door to local training: the trainer that a task's rule needs. */
import type { Task } from '../task/task.js';
import { LocalTrainer } from './local-trainer.js';
import { MaskTrainer } from './mask-trainer.js';
import { RealTrainer } from './real-trainer.js';
import type { LocalTraining, LocalUpdate } from './train-locally.js';

/** Made once per task and worker; serves any number of clients in turn. */
export interface ClientTrainer {
  /** One client's part of a round, from the global model to the rule's payload. */
  trainLocally(training: LocalTraining): LocalUpdate;
}

/** @throws FederationError `bad-request` if the parts of the task do not fit together */
export async function createTrainer(task: Task): Promise<ClientTrainer> {
  switch (task.federation.rule.kind) {
    case 'fedavg-fp32':
      return new RealTrainer(task);
    case 'fedpm':
      return new MaskTrainer(task);
    default:
      return LocalTrainer.create(task);
  }
}
