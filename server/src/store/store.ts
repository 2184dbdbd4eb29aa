/**
 * What the coordinator asks of a database. A promise that resolves means: committed, and it survives
 * `kill -9`. Each method is one transaction. A write that rejects is not there, unless the code is
 * `store-lost`: then nobody knows before the next start. The behavior is written down in
 * `store.contract.ts`.
 */
import type { AdmissionMode, PublishedRound, Receipt, Verdicts } from '@fedhybnn/shared';
import type { AccessStore } from './access-store.js';

/** `ENDING`: the end was asked for while a round was being played. */
export type StoredPhase = 'WAITING' | 'PAUSED' | 'ENDING' | 'ENDED';

export interface TaskRecord {
  readonly id: string;
  /** The task document, JSON. */
  readonly document: string;
  readonly hash: string;
  readonly initialModel: string;
  /** Hash of the operator's labeled set, or null. */
  readonly evaluation: string | null;
  readonly phase: StoredPhase;
  /** Rounds up to this one keep their journal, but not what they could be replayed from. */
  readonly replayFrom: number;
  /** Whether anybody may join, or only with a join code. */
  readonly admission: AdmissionMode;
}

export interface AttemptRecord {
  readonly task: string;
  readonly round: number;
  readonly attempt: number;
  readonly base: string;
  readonly cohort: readonly string[];
}

export interface PlayedAttempt extends AttemptRecord {
  readonly outcome: 'open' | 'published' | 'abandoned' | 'interrupted';
  readonly reason: string | null;
  /** Milliseconds since 1970. */
  readonly openedAt: number;
}

export interface NewUpdate {
  readonly task: string;
  readonly round: number;
  readonly client: string;
  readonly digest: string;
  readonly frame: Uint8Array;
}

/** The frame of a round that was forgotten is empty. */
export interface StoredUpdate extends NewUpdate {
  readonly sequence: number;
}

/** A published round with what the hash chain needs. */
export interface JournalEntry extends PublishedRound {
  readonly tally: string;
  readonly chain: string;
  /** What became of each update, where the task tells clients apart. */
  readonly verdicts: Verdicts | null;
}

/** When a round was played: milliseconds since 1970. */
export interface RoundTimes {
  readonly round: number;
  /** Of its last attempt; null where a backup of an older version does not know. */
  readonly openedAt: number | null;
  readonly publishedAt: number;
}

/** What all published rounds of a task took. */
export interface RoundTotals {
  /** Updates counted. */
  readonly counted: number;
  readonly uplinkBytes: number;
  /** Each step as often as updates were counted in its round. */
  readonly downlinkBytes: number;
}

/** What the store takes. Bytes. */
export interface StoreSize {
  readonly kind: 'sqlite' | 'postgres';
  readonly databaseBytes: number;
  readonly files: { kind: string; count: number; bytes: number }[];
}

export type FileKind = 'extractor' | 'evaluation' | 'model' | 'step';

export interface Store {
  /** Fails if the id exists. */
  createTask(task: TaskRecord): Promise<void>;
  tasks(): Promise<TaskRecord[]>;
  setPhase(task: string, phase: StoredPhase): Promise<void>;
  setAdmission(task: string, admission: AdmissionMode): Promise<void>;

  openAttempt(attempt: AttemptRecord): Promise<void>;
  closeAttempt(
    task: string,
    round: number,
    attempt: number,
    outcome: 'abandoned' | 'interrupted',
    reason: string,
  ): Promise<void>;
  /** The attempts at a round, in order. */
  attempts(task: string, round: number): Promise<PlayedAttempt[]>;
  /** The attempts at the `rounds` rounds after a round, in order. */
  attemptsAfter(task: string, round: number, rounds: number): Promise<PlayedAttempt[]>;

  /** Commits all or none; receipts' sequences in the order given. A second update fails. */
  commitUpdates(updates: readonly NewUpdate[]): Promise<number[]>;
  /** The accepted update's receipt, or null. */
  findUpdate(task: string, round: number, client: string): Promise<Receipt | null>;
  /**
   * A round's accepted updates, by client id.
   * @param after only those of clients behind this one
   * @param limit so many at most; default all
   */
  updates(task: string, round: number, after?: string, limit?: number): Promise<StoredUpdate[]>;
  /** Client and digest of a round's accepted updates, by client id. */
  accepted(task: string, round: number): Promise<Map<string, string>>;
  /** The last round that has an accepted update, or 0. */
  lastUpdateRound(task: string): Promise<number>;

  /**
   * Writes the journal entry and closes the round's attempt. Fails if it does not follow the last
   * published round.
   */
  publish(task: string, entry: JournalEntry): Promise<void>;
  /** Published rounds with a number above `after`, ascending. */
  journal(task: string, after: number, limit: number): Promise<JournalEntry[]>;
  latest(task: string): Promise<JournalEntry | null>;
  /** When rounds with a number above `after` were played, ascending. */
  roundTimes(task: string, after: number, limit: number): Promise<RoundTimes[]>;
  totals(task: string): Promise<RoundTotals>;

  /**
   * Forgets what rounds up to this published one could be replayed from, in one transaction: updates
   * keep client and digest, and lose the frame; steps up to it and models before it lose their rows.
   * @returns the files that nothing names any more
   */
  forget(task: string, round: number): Promise<string[]>;

  addFile(sha256: string, bytes: number, kind: FileKind): Promise<void>;
  hasFile(sha256: string): Promise<boolean>;
  /** The names of all files, or of those of a kind. */
  files(kind?: FileKind): Promise<string[]>;
  size(): Promise<StoreSize>;

  /** Who may do what: clients, join codes, operators. */
  readonly access: AccessStore;

  close(): Promise<void>;
}
