/** The client for pages and for Node: join a federation, train locally, send votes. */
export * from './sdk/index.js';
export * from './worker/index.js';
