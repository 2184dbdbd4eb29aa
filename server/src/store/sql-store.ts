/** The store in SQL, the same for every back end. */
import {
  type AdmissionMode,
  FederationError,
  screenedCount,
  type Verdicts,
} from '@fedhybnn/shared';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { AccessStore } from './access-store.js';
import { type Backend, transact } from './backend.js';
import { forgetRounds } from './forget-rounds.js';
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

/** Rows of one statement: far below the parameters that a statement may have. */
const INSERT_ROWS = 1000;

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

  async commitUpdates(updates: readonly NewUpdate[]): Promise<number[]> {
    return this.write(async (db) => {
      const sequences = new Map<string, number>();
      for (let i = 0; i < updates.length; i += INSERT_ROWS) {
        const rows = await db
          .insertInto('updates')
          .values(
            updates
              .slice(i, i + INSERT_ROWS)
              .map((update) => ({ ...update, frame: asBuffer(update.frame) })),
          )
          .returning(['task', 'round', 'client', 'sequence'])
          .execute();
        for (const row of rows) sequences.set(nameOf(row), row.sequence);
      }
      return updates.map((update) => sequences.get(nameOf(update)) ?? missing(update));
    });
  }

  async findUpdate(task: string, round: number, client: string) {
    const row = await this.reader
      .selectFrom('updates')
      .select(['sequence', 'digest'])
      .where('task', '=', task)
      .where('round', '=', round)
      .where('client', '=', client)
      .executeTakeFirst();
    return row ?? null;
  }

  async updates(task: string, round: number): Promise<StoredUpdate[]> {
    const rows = await this.reader
      .selectFrom('updates')
      .selectAll()
      .where('task', '=', task)
      .where('round', '=', round)
      .orderBy('client')
      .execute();
    return rows.map((row) => ({ ...row, frame: new Uint8Array(row.frame) }));
  }

  async accepted(task: string, round: number): Promise<Map<string, string>> {
    const rows = await this.reader
      .selectFrom('updates')
      .select(['client', 'digest'])
      .where('task', '=', task)
      .where('round', '=', round)
      .orderBy('client')
      .execute();
    return new Map(rows.map(({ client, digest }) => [client, digest]));
  }

  async lastUpdateRound(task: string): Promise<number> {
    const row = await this.reader
      .selectFrom('updates')
      .select((eb) => eb.fn.max('round').as('round'))
      .where('task', '=', task)
      .executeTakeFirst();
    return row?.round ?? 0;
  }

  async publish(task: string, entry: JournalEntry): Promise<void> {
    await this.write(async (db) => {
      await db
        .insertInto('journal')
        .values({
          task,
          round: entry.round,
          step: entry.step,
          model: entry.model,
          tally: entry.tally,
          chain: entry.chain,
          counted: entry.counted,
          accuracy: entry.accuracy,
          uplink_bytes: entry.uplinkBytes,
          downlink_bytes: entry.downlinkBytes,
          verdicts: entry.verdicts === null ? null : JSON.stringify(entry.verdicts),
          rolled_back: entry.rolledBack ? 1 : 0,
          published_at: Date.now(),
        })
        .execute();
      // After the insertion: a transaction that writes first never has to give up for another's.
      const before = await roundBefore(db, task, entry.round);
      if (entry.round !== before + 1) {
        throw new FederationError(
          'invariant-broken',
          `task ${task}: round ${entry.round} cannot be published after round ${before} (I5)`,
        );
      }
      await db
        .updateTable('attempts')
        .set({ outcome: 'published' })
        .where('task', '=', task)
        .where('round', '=', entry.round)
        .where('outcome', '=', 'open')
        .execute();
    });
  }

  async journal(task: string, after: number, limit: number): Promise<JournalEntry[]> {
    const rows = await this.reader
      .selectFrom('journal')
      .selectAll()
      .where('task', '=', task)
      .where('round', '>', after)
      .orderBy('round')
      .limit(limit)
      .execute();
    return rows.map(entryOf);
  }

  async latest(task: string): Promise<JournalEntry | null> {
    const row = await this.reader
      .selectFrom('journal')
      .selectAll()
      .where('task', '=', task)
      .orderBy('round', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : entryOf(row);
  }

  async roundTimes(task: string, after: number, limit: number): Promise<RoundTimes[]> {
    return this.reader
      .selectFrom('journal')
      .leftJoin('attempts', (join) =>
        join
          .onRef('attempts.task', '=', 'journal.task')
          .onRef('attempts.round', '=', 'journal.round'),
      )
      .select(({ fn }) => [
        'journal.round',
        'journal.published_at as publishedAt',
        fn.max('attempts.opened_at').as('openedAt'),
      ])
      .where('journal.task', '=', task)
      .where('journal.round', '>', after)
      .groupBy(['journal.round', 'journal.published_at'])
      .orderBy('journal.round')
      .limit(limit)
      .execute();
  }

  async totals(task: string): Promise<RoundTotals> {
    const total = await this.reader
      .selectFrom('journal')
      .select([
        sql<number | null>`sum(counted)`.as('counted'),
        sql<number | null>`sum(uplink_bytes)`.as('uplinkBytes'),
        sql<number | null>`sum(downlink_bytes * counted)`.as('downlinkBytes'),
      ])
      .where('task', '=', task)
      .executeTakeFirstOrThrow();
    // PostgreSQL's sums have any number of digits, and come as text.
    return {
      counted: Number(total.counted ?? 0),
      uplinkBytes: Number(total.uplinkBytes ?? 0),
      downlinkBytes: Number(total.downlinkBytes ?? 0),
    };
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

async function roundBefore(db: Kysely<Tables>, task: string, round: number): Promise<number> {
  const row = await db
    .selectFrom('journal')
    .select((eb) => eb.fn.max('round').as('round'))
    .where('task', '=', task)
    .where('round', '<', round)
    .executeTakeFirst();
  return row?.round ?? 0;
}

/** The same bytes, not a copy. */
function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, length);
}

function nameOf({ task, round, client }: Pick<NewUpdate, 'task' | 'round' | 'client'>): string {
  return `${task}/${round}/${client}`;
}

function missing({ task, round, client }: NewUpdate): never {
  throw new FederationError(
    'internal',
    `task ${task}, round ${round}: the database gave no sequence for the update of ${client}`,
  );
}

function entryOf(row: Selectable<Tables['journal']>): JournalEntry {
  const verdicts = row.verdicts === null ? null : (JSON.parse(row.verdicts) as Verdicts);
  return {
    round: row.round,
    step: row.step,
    model: row.model,
    tally: row.tally,
    chain: row.chain,
    counted: row.counted,
    accuracy: row.accuracy,
    uplinkBytes: row.uplink_bytes,
    downlinkBytes: row.downlink_bytes,
    verdicts,
    ...(verdicts !== null && { screened: screenedCount(verdicts) }),
    ...(row.rolled_back === 1 && { rolledBack: true }),
  };
}
