/** Where training runs. Browser-safe: the threads of Node are in `node-pool.ts`. */
export { BrowserTrainer } from './browser-trainer.js';
export { InlineTrainer } from './inline-trainer.js';
export { serveTraining } from './serve-training.js';
export type { PreparedTraining, Trainer, TrainingRequest } from './trainer.js';
export { createTrainingHost, type TrainingHost } from './training-host.js';
export type { FromWorker, ToWorker } from './worker-messages.js';
