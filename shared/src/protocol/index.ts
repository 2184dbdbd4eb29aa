export * from './admin.js';
export * from './backup-manifest.js';
export { commandFailure } from './command-failure.js';
export {
  ERROR_CODES,
  type ErrorBody,
  type ErrorCode,
  FederationError,
  isTransient,
} from './errors.js';
export { formatJoinCode, JOIN_CODE_BITS, joinCodeFrom, normalizeJoinCode } from './join-code.js';
export { LIMITS } from './limits.js';
export * from './live.js';
export * from './messages.js';
export { parse, parseJson } from './parse.js';
export { FEDERATION_NAMESPACE, PROTOCOL_VERSION } from './version.js';
