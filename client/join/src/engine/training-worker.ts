/**
 * Training runs in a worker of its own: heartbeats of the session and the pause button go on while an
 * epoch is computed. It is the engine's own file, started under another name, so that what both need
 * is fetched once.
 */
import {
  BrowserTrainer,
  InlineTrainer,
  serveTraining,
  type ToWorker,
  type Trainer,
} from '@fedhybnn/client';

/** Of the worker that trains. */
export const TRAINING = 'training';

/** Trains here where a worker cannot have workers. */
export function createTrainer(): Trainer {
  if (typeof Worker === 'undefined') return new InlineTrainer();
  return new BrowserTrainer(() => new Worker(location.href, { type: 'module', name: TRAINING }));
}

/** What to do with each message of whoever started this worker. */
export function trainInThisWorker(): (message: ToWorker) => void {
  return serveTraining((message) => postMessage(message));
}
