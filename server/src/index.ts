/** The coordinator: durable rounds, an exact journal, content-addressed models. */
export { addOperator, changePassword } from './access-commands.js';
export type { TaskFiles } from './coordinator/create-task.js';
export type { VerifyReport } from './coordinator/verify.js';
export type { JoinCodeSettings, NewJoinCode } from './security/join-codes.js';
export { DEFAULT_LIMITS, type Limits, NO_LIMITS } from './security/limits.js';
export { drawPassword } from './security/passwords.js';
export type { TlsOptions } from './security/tls.js';
export { type CoordinatorOptions, type RunningCoordinator, startCoordinator } from './start.js';
export { verifyFolder } from './verify-folder.js';
