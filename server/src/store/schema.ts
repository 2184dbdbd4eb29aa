/** The tables of the store, as kysely types. Migrations: `migrations.ts`. */
import type { Generated } from 'kysely';

export interface Tables {
  tasks: {
    id: string;
    /** The task document, JSON. */
    document: string;
    hash: string;
    initial_model: string;
    /** File of the operator's labeled set, or null. */
    evaluation: string | null;
    phase: 'WAITING' | 'PAUSED' | 'ENDING' | 'ENDED';
    /** Rounds up to this one have lost their frames, steps and snapshots to retention. */
    replay_from: number;
    admission: 'open' | 'code';
    created_at: number;
  };
  /** One row for each time that a round was opened. */
  attempts: {
    task: string;
    round: number;
    attempt: number;
    base: string;
    /** Client ids, JSON. */
    cohort: string;
    opened_at: number;
    outcome: 'open' | 'published' | 'abandoned' | 'interrupted';
    reason: string | null;
  };
  /** Accepted updates, in the order of their commits. */
  updates: {
    sequence: Generated<number>;
    task: string;
    round: number;
    client: string;
    digest: string;
    /** Empty where the round was forgotten. */
    frame: Buffer;
  };
  /** Published rounds, hash-chained. */
  journal: {
    task: string;
    round: number;
    step: string;
    model: string;
    tally: string;
    chain: string;
    counted: number;
    accuracy: number | null;
    uplink_bytes: number;
    downlink_bytes: number;
    /** Client → verdict, JSON, or null. */
    verdicts: string | null;
    /** 1: the round changed nothing. */
    rolled_back: number;
    published_at: number;
  };
  files: { sha256: string; bytes: number; kind: string };
  /** `key` is the SHA-256 of the secret that the client joined with, or null. */
  clients: {
    task: string;
    client: string;
    joined_at: number;
    key: string | null;
    /** 1: thrown out. */
    banned: number;
  };
  /** `hash` is the SHA-256 of the code: nobody can read codes out of the database. */
  join_codes: {
    id: string;
    hash: string;
    task: string;
    label: string;
    uses: number;
    max_uses: number;
    created_at: number;
    expires_at: number;
  };
  operators: {
    name: string;
    /** Salted scrypt hash, see `security/passwords.ts`. */
    password: string;
    created_at: number;
  };
  /** Sessions and API tokens. `hash` is the SHA-256 of the secret. */
  credentials: {
    id: string;
    hash: string;
    kind: 'session' | 'api-token';
    operator: string;
    label: string;
    csrf: string | null;
    created_at: number;
    expires_at: number;
  };
  /** What operators did. Only ever added to. */
  audit: {
    sequence: Generated<number>;
    at: number;
    actor: string;
    action: string;
    subject: string | null;
    /** JSON, or null. */
    details: string | null;
    address: string | null;
  };
}
