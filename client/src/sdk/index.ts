/** The participant's side of a federation, the same in a page and in Node. Start with `join.ts`. */
export { type FederationAddress, parseFederationAddress } from './address.js';
export {
  type ClientStorage,
  MemoryStorage,
  type PendingUpdate,
  type StoredClient,
} from './client-storage.js';
export { CoordinatorHttp, type HttpSettings, type TaskDescription } from './coordinator-http.js';
export {
  type SessionEvent,
  type SessionListener,
  type SessionSummary,
  Traffic,
  type TrafficCount,
} from './events.js';
export { type FirstContact, firstContact, randomSeed } from './first-contact.js';
export { findTask, type JoinOptions, joinFederation } from './join.js';
export { fetchExtractor, type SessionData } from './latent-bits.js';
export { type Personalization, personalModel } from './personal-model.js';
export type { Session } from './session.js';
