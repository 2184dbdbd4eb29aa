/** The store in SQL, the same for every back end. */
import type { AdmissionMode, Receipt } from '@fedhybnn/shared';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { AccessStore } from './access-store.js';
import { type Backend, transact } from './backend.js';
import { forgetRounds } from './forget-rounds.js';
import { entriesAfter, insertEntry, latestEntry, roundTimes, roundTotals } from './journal-rows.js';
import type { Tables } from './schema.js';
import { SqlAccessStore } from './sql-access-store.js';
import type {
  AttemptRecord,
  FileKind,
  JournalEntry,
  NewUpdate,
  PlayedAttempt,
  RoundTimes,
  RoundTotals,
  Store,
  StoredPhase,
  StoredUpdate,
  StoreSize,
  TaskRecord,
} from './store.js';
import {
  digestsOf,
  findReceipt,
  insertUpdates,
  lastUpdateRound,
  updatesOf,
} from './update-rows.js';

export class SqlStore implements Store {
  readonly access: AccessStore;
  private readonly reader: Kysely<Tables>;

  constructor(private readonly backend: Backend) {
    this.reader = backend.reader;
    this.access = new SqlAccessStore(backend);
  }

  async createTask(task: TaskRecord): Promise<void> {
    await this.write((db) =>
      db
        .insertInto('tasks')
        .values({
          id: task.id,
          document: task.document,
          hash: task.hash,
          initial_model: task.initialModel,
          evaluation: task.evaluation,
          phase: task.phase,
          replay_from: task.replayFrom,
          admission: task.admission,
          created_at: Date.now(),
        })
        .execute(),
    );
  }

  async tasks(): Promise<TaskRecord[]> {
    const rows = await this.reader.selectFrom('tasks').selectAll().orderBy('id').execute();
    return rows.map((row) => ({
      id: row.id,
      document: row.document,
      hash: row.hash,
      initialModel: row.initial_model,
      evaluation: row.evaluation,
      phase: row.phase,
      replayFrom: row.replay_from,
      admission: row.admission,
    }));
  }

  async setPhase(task: string, phase: StoredPhase): Promise<void> {
    await this.write((db) =>
      db.updateTable('tasks').set({ phase }).where('id', '=', task).execute(),
    );
  }

  async setAdmission(task: string, admission: AdmissionMode): Promise<void> {
    await this.write((db) =>
      db.updateTable('tasks').set({ admission }).where('id', '=', task).execute(),
    );
  }

  async openAttempt({ cohort, ...attempt }: AttemptRecord): Promise<void> {
    const opened = { opened_at: Date.now(), outcome: 'open', reason: null } as const;
    await this.write((db) =>
      db
        .insertInto('attempts')
        .values({ ...attempt, cohort: JSON.stringify(cohort), ...opened })
        .execute(),
    );
  }

  async closeAttempt(
    task: string,
    round: number,
    attempt: number,
    outcome: 'abandoned' | 'interrupted',
    reason: string,
  ): Promise<void> {
    await this.write((db) =>
      db
        .updateTable('attempts')
        .set({ outcome, reason })
        .where('task', '=', task)
        .where('round', '=', round)
        .where('attempt', '=', attempt)
        .execute(),
    );
  }

  attempts(task: string, round: number): Promise<PlayedAttempt[]> {
    return this.attemptsAfter(task, round - 1, 1);
  }

  async attemptsAfter(task: string, round: number, rounds: number): Promise<PlayedAttempt[]> {
    const rows = await this.reader
      .selectFrom('attempts')
      .selectAll()
      .where('task', '=', task)
      .where('round', '>', round)
      .where('round', '<=', round + rounds)
      .orderBy('round')
      .orderBy('attempt')
      .execute();
    return rows.map(({ cohort, opened_at, ...row }) => ({
      ...row,
      cohort: JSON.parse(cohort) as string[],
      openedAt: opened_at,
    }));
  }

  commitUpdates(updates: readonly NewUpdate[]): Promise<number[]> {
    return this.write((db) => insertUpdates(db, updates));
  }

  findUpdate(task: string, round: number, client: string): Promise<Receipt | null> {
    return findReceipt(this.reader, task, round, client);
  }

  updates(task: string, round: number, after?: string, limit?: number): Promise<StoredUpdate[]> {
    return updatesOf(this.reader, task, round, after, limit);
  }

  accepted(task: string, round: number): Promise<Map<string, string>> {
    return digestsOf(this.reader, task, round);
  }

  lastUpdateRound(task: string): Promise<number> {
    return lastUpdateRound(this.reader, task);
  }

  publish(task: string, entry: JournalEntry): Promise<void> {
    return this.write((db) => insertEntry(db, task, entry));
  }

  journal(task: string, after: number, limit: number): Promise<JournalEntry[]> {
    return entriesAfter(this.reader, task, after, limit);
  }

  latest(task: string): Promise<JournalEntry | null> {
    return latestEntry(this.reader, task);
  }

  roundTimes(task: string, after: number, limit: number): Promise<RoundTimes[]> {
    return roundTimes(this.reader, task, after, limit);
  }

  totals(task: string): Promise<RoundTotals> {
    return roundTotals(this.reader, task);
  }

  forget(task: string, round: number): Promise<string[]> {
    return this.write((db) => forgetRounds(db, task, round));
  }

  async addFile(sha256: string, bytes: number, kind: FileKind): Promise<void> {
    await this.write((db) =>
      db
        .insertInto('files')
        .values({ sha256, bytes, kind })
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    );
  }

  async hasFile(sha256: string): Promise<boolean> {
    const row = await this.reader
      .selectFrom('files')
      .select('sha256')
      .where('sha256', '=', sha256)
      .executeTakeFirst();
    return row !== undefined;
  }

  async files(kind?: FileKind): Promise<string[]> {
    const all = this.reader.selectFrom('files').select('sha256').orderBy('sha256');
    const rows = await (kind === undefined ? all : all.where('kind', '=', kind)).execute();
    return rows.map(({ sha256 }) => sha256);
  }

  async size(): Promise<StoreSize> {
    const rows = await this.reader
      .selectFrom('files')
      .select(['kind', sql<number>`count(*)`.as('count'), sql<number>`sum(bytes)`.as('bytes')])
      .groupBy('kind')
      .orderBy('kind')
      .execute();
    const files = rows.map((row) => ({
      ...{ kind: row.kind, count: Number(row.count), bytes: Number(row.bytes) },
    }));
    return { kind: this.backend.kind, databaseBytes: await this.backend.bytes(), files };
  }

  close(): Promise<void> {
    return this.backend.close();
  }

  private write<T>(work: (db: Transaction<Tables>) => Promise<T>): Promise<T> {
    return transact(this.backend, work);
  }
}
