/** A thread of the `NodePool`. */
import { parentPort } from 'node:worker_threads';
import type { LocalUpdate } from '@fedhybnn/shared';
import type { PoolJob, PoolProgress } from './node-pool.js';
import { fromPlainBits } from './shared-memory.js';
import { createTrainingHost } from './training-host.js';

class Canceled extends Error {}

const host = createTrainingHost();

/** One client's part of a round; null if it was canceled. */
export default async function train(request: PoolJob): Promise<LocalUpdate | null> {
  const { job, data, canceled, ...training } = request;
  const stopIfCanceled = () => {
    if (Atomics.load(canceled, 0) !== 0) throw new Canceled();
  };
  try {
    stopIfCanceled();
    return await host({
      ...training,
      data: fromPlainBits(data),
      onEpoch: (progress) => {
        const message: PoolProgress = { job, progress };
        parentPort?.postMessage(message);
        if (progress.epoch < progress.epochs) stopIfCanceled();
      },
    });
  } catch (thrown) {
    if (thrown instanceof Canceled) return null;
    throw thrown;
  }
}
