/** A thread of the `NodePool`. */
import { parentPort } from 'node:worker_threads';
import type { EpochProgress } from '@fedhybnn/shared';
import type { PoolJob, PoolProgress, PoolResult } from './node-pool.js';
import { fromPlainBits } from './shared-memory.js';
import { createTrainingHost } from './training-host.js';

class Canceled extends Error {}

const host = createTrainingHost();

/** One client's part of a round; null if it was canceled. */
export default async function train(request: PoolJob): Promise<PoolResult | null> {
  const { job, data, canceled, ...training } = request;
  const epochs: EpochProgress[] = [];
  const stopIfCanceled = () => {
    if (Atomics.load(canceled, 0) !== 0) throw new Canceled();
  };
  try {
    stopIfCanceled();
    const update = await host({
      ...training,
      data: fromPlainBits(data),
      onEpoch: (progress) => {
        epochs.push(progress);
        const message: PoolProgress = { job, progress };
        parentPort?.postMessage(message);
        if (progress.epoch < progress.epochs) stopIfCanceled();
      },
    });
    return { update, epochs };
  } catch (thrown) {
    if (thrown instanceof Canceled) return null;
    throw thrown;
  }
}
