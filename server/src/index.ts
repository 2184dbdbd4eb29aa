/** The coordinator: durable rounds, an exact journal, content-addressed models. */
export type { TaskFiles } from './coordinator/create-task.js';
export type { VerifyReport } from './coordinator/verify.js';
export { type CoordinatorOptions, type RunningCoordinator, startCoordinator } from './start.js';
export { verifyFolder } from './verify-folder.js';
