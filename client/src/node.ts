/** The Node face of the client. */
export * from './datasets/index.js';
export { NodePool, type NodePoolOptions } from './worker/node-pool.js';
export type { PreparedTraining, Trainer, TrainingRequest } from './worker/trainer.js';
