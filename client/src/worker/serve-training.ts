/** The worker's side of a page's training, over any message channel. */
import { FederationError, type LabeledBits, type Task } from '@fedhybnn/shared';
import { fromPlainBits } from './shared-memory.js';
import { createTrainingHost } from './training-host.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

interface Prepared {
  readonly task: Task;
  readonly data: LabeledBits;
  readonly samples: Uint32Array | undefined;
}

/**
 * Returns what to do with each message of the page. Jobs are trained one after another.
 * @param send posts an answer
 */
export function serveTraining(send: (message: FromWorker) => void): (message: ToWorker) => void {
  const host = createTrainingHost();
  const prepared = new Map<number, Prepared>();
  let queue = Promise.resolve();

  const train = async (message: ToWorker & { type: 'train' }) => {
    const { type: _type, job, data: name, ...request } = message;
    try {
      const found = prepared.get(name);
      if (found === undefined) throw new TypeError(`no data ${name} were prepared`);
      const onEpoch = (progress: { epoch: number; epochs: number; loss: number }) =>
        send({ type: 'epoch', job, progress });
      const update = await host({ ...request, ...found, onEpoch });
      send({ type: 'trained', job, update });
    } catch (thrown) {
      send({ type: 'failed', job, error: FederationError.from(thrown).toBody() });
    }
  };

  return (message) => {
    if (message.type === 'train') {
      queue = queue.then(() => train(message));
    } else {
      const { task, bits, samples } = message;
      prepared.set(message.data, { task, data: fromPlainBits(bits), samples });
    }
  };
}
