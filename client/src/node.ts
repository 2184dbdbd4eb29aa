/** The client's face for Node: all of the SDK, data sets, threads that train, headless clients. */
export * from './datasets/index.js';
export * from './headless/index.js';
export * from './index.js';
export { NodePool, type NodePoolOptions, type PreparedEvaluation } from './worker/node-pool.js';
