/**
 * What the coordinator remembers about who may do what. Secrets come as hashes: nobody can read a
 * join code, a session or a token out of the database. Times are milliseconds since 1970. Each method
 * is one transaction; the behavior is written down in `access-store.contract.ts`.
 */
import type { ApiTokenReply, AuditEntry, JoinCodeReply, Participant } from '@fedhybnn/shared';

export interface AdmissionRequest {
  readonly task: string;
  readonly client: string;
  /** Hash of a secret: whoever has it asks again for the id that they were given. */
  readonly key: string | null;
  /** Hash of the join code, where the task asks for one. */
  readonly code: string | null;
}

export type AdmissionOutcome =
  | 'joined'
  /** Another participant has this id. */
  | 'taken'
  | 'banned'
  | 'code-unknown'
  | 'code-expired'
  | 'code-used-up';

export interface NewCredential extends ApiTokenReply {
  readonly hash: string;
  readonly kind: 'session' | 'api-token';
  /** What the requests of a session must prove to know; null for API tokens. */
  readonly csrf: string | null;
}

export type Credential = Omit<NewCredential, 'hash'>;
export type NewAuditEntry = Omit<AuditEntry, 'sequence'>;

export interface AccessStore {
  /**
   * Each a new client, and one use of its code; both or none. Asked again with the same key, the
   * answer is the same and nothing is used. One after the other, the outcomes in order.
   */
  admit(requests: readonly AdmissionRequest[], now: number): Promise<AdmissionOutcome[]>;
  /** A client that has proved who it is; false if it is banned. */
  readmit(task: string, client: string, now: number): Promise<boolean>;
  isBanned(task: string, client: string): Promise<boolean>;
  /** Its updates stay, it sends no more. False if there is no such client. */
  ban(task: string, client: string): Promise<boolean>;
  /** By client id, after `after`. */
  participants(task: string, after: string, limit: number): Promise<Participant[]>;

  addJoinCode(code: JoinCodeReply & { readonly hash: string }): Promise<void>;
  /** The newest first. */
  joinCodes(task: string): Promise<JoinCodeReply[]>;
  /** False if there is none. */
  removeJoinCode(task: string, id: string): Promise<boolean>;

  /** False if the name is taken. @param password hash, see `security/passwords.ts` */
  addOperator(name: string, password: string, now: number): Promise<boolean>;
  /** Ends the sessions of the operator, too. False if there is none. */
  setPassword(name: string, password: string): Promise<boolean>;
  password(name: string): Promise<string | null>;
  operators(): Promise<{ name: string; createdAt: number }[]>;
  /** With sessions and tokens. False if there is none. */
  removeOperator(name: string): Promise<boolean>;

  addCredential(credential: NewCredential): Promise<void>;
  /** The credential of a secret, unless it has expired. */
  credential(hash: string, now: number): Promise<Credential | null>;
  /** API tokens, the newest first. */
  apiTokens(): Promise<ApiTokenReply[]>;
  /** False if there is none. */
  removeCredential(id: string): Promise<boolean>;
  /** Forgets expired sessions and tokens. */
  removeExpired(now: number): Promise<void>;

  addAudit(entry: NewAuditEntry): Promise<void>;
  /** The newest first, before `before`. */
  audit(before: number, limit: number): Promise<AuditEntry[]>;
}
