import type { LabeledBits, Task } from '@fedhybnn/shared';
import type { PreparedTraining, Trainer } from './trainer.js';
import { createTrainingHost } from './training-host.js';

/** Trains in the calling thread, which does nothing else meanwhile: for tests and small tasks. */
export class InlineTrainer implements Trainer {
  private readonly host = createTrainingHost();

  async prepare(task: Task, data: LabeledBits, samples?: Uint32Array): Promise<PreparedTraining> {
    return {
      train: async ({ signal, ...request }) => {
        signal?.throwIfAborted();
        return this.host({ ...request, task, data, samples });
      },
    };
  }

  async close(): Promise<void> {}
}
