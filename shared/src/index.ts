/** What both ends must agree on. No sockets, no files, no DOM: runs in Node, page and worker alike. */
export * from './codec/index.js';
export * from './dictionary/index.js';
export * from './extractor/index.js';
export * from './inference/index.js';
export * from './kernels/index.js';
export * from './network/index.js';
export * from './protocol/index.js';
export * from './random/index.js';
export * from './robust/index.js';
export * from './round/index.js';
export * from './rules/index.js';
export * from './task/index.js';
