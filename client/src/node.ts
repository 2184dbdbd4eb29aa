/** The Node face of the client. */
export * from './datasets/index.js';
