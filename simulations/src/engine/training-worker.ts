/** A thread of the {@link TrainingPool}: one trainer, any number of virtual clients in turn. */
import { BitMatrix, type LabeledBits, LocalTrainer, type LocalUpdate } from '@fedhybnn/shared';
import { workerData } from 'piscina';
import type { PoolData, PoolJob } from './training-pool.js';

let started: Promise<{ trainer: LocalTrainer; data: LabeledBits }> | undefined;

async function start(): Promise<{ trainer: LocalTrainer; data: LabeledBits }> {
  const { task, training }: PoolData = workerData;
  const bits = new BitMatrix(training.rows, training.cols, training.bytes);
  return { trainer: await LocalTrainer.create(task), data: { bits, labels: training.labels } };
}

export default async function train(job: PoolJob): Promise<LocalUpdate> {
  started ??= start();
  const { trainer, data } = await started;
  return trainer.trainLocally({ ...job, task: workerData.task, data });
}
