/** The embedded store: SQLite through libsql, write-ahead log, every commit synced to disk. */
import { join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import { Kysely, Migrator, type Selectable, SqliteDialect, type Transaction } from 'kysely';
import Database from 'libsql';
import { migrations } from './migrations.js';
import type { Tables } from './schema.js';
import type {
  AttemptRecord,
  FileKind,
  JournalEntry,
  NewUpdate,
  Store,
  StoredPhase,
  StoredUpdate,
  TaskRecord,
} from './store.js';

/** Opens (and migrates) the database in a folder. */
export async function openEmbeddedStore(folder: string): Promise<Store> {
  const database = new Database(join(folder, 'coordinator.db'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.pragma('busy_timeout = 10000');
  // libsql has better-sqlite3's interface, not its types. Parameters must come as one array (a lone
  // Buffer aborts the process), which is how kysely passes them; blobs come back as ArrayBuffers.
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: database as never }) });
  const { error } = await new Migrator({ db, provider: migrations }).migrateToLatest();
  if (error !== undefined) {
    await db.destroy();
    throw new FederationError(
      'store-failed',
      `the database in ${folder} cannot be brought up to date; restore a backup or use the version that wrote it`,
      { cause: error },
    );
  }
  return new EmbeddedStore(db);
}

class EmbeddedStore implements Store {
  constructor(private readonly db: Kysely<Tables>) {}

  async createTask(task: TaskRecord): Promise<void> {
    await this.db
      .insertInto('tasks')
      .values({
        id: task.id,
        document: task.document,
        hash: task.hash,
        initial_model: task.initialModel,
        evaluation: task.evaluation,
        phase: task.phase,
        created_at: Date.now(),
      })
      .execute();
  }

  async tasks(): Promise<TaskRecord[]> {
    const rows = await this.db.selectFrom('tasks').selectAll().orderBy('id').execute();
    return rows.map(({ id, document, hash, initial_model, evaluation, phase }) => ({
      id,
      document,
      hash,
      initialModel: initial_model,
      evaluation,
      phase,
    }));
  }

  async setPhase(task: string, phase: StoredPhase): Promise<void> {
    await this.db.updateTable('tasks').set({ phase }).where('id', '=', task).execute();
  }

  async openAttempt({ cohort, ...attempt }: AttemptRecord): Promise<void> {
    await this.db
      .insertInto('attempts')
      .values({
        ...attempt,
        cohort: JSON.stringify(cohort),
        opened_at: Date.now(),
        outcome: 'open',
        reason: null,
      })
      .execute();
  }

  async closeAttempt(
    task: string,
    round: number,
    attempt: number,
    outcome: 'abandoned' | 'interrupted',
    reason: string,
  ): Promise<void> {
    await this.db
      .updateTable('attempts')
      .set({ outcome, reason })
      .where('task', '=', task)
      .where('round', '=', round)
      .where('attempt', '=', attempt)
      .execute();
  }

  async lastAttempt(task: string, round: number) {
    const row = await this.db
      .selectFrom('attempts')
      .select(['attempt', 'outcome'])
      .where('task', '=', task)
      .where('round', '=', round)
      .orderBy('attempt', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : { attempt: row.attempt, open: row.outcome === 'open' };
  }

  async commitUpdates(updates: readonly NewUpdate[]): Promise<number[]> {
    return this.db.transaction().execute(async (transaction) => {
      const sequences: number[] = [];
      for (const update of updates) sequences.push(await insertUpdate(transaction, update));
      return sequences;
    });
  }

  async findUpdate(task: string, round: number, client: string) {
    const row = await this.db
      .selectFrom('updates')
      .select(['sequence', 'digest'])
      .where('task', '=', task)
      .where('round', '=', round)
      .where('client', '=', client)
      .executeTakeFirst();
    return row ?? null;
  }

  async updates(task: string, round: number): Promise<StoredUpdate[]> {
    const rows = await this.db
      .selectFrom('updates')
      .selectAll()
      .where('task', '=', task)
      .where('round', '=', round)
      .orderBy('client')
      .execute();
    return rows.map((row) => ({ ...row, frame: new Uint8Array(row.frame) }));
  }

  async accepted(task: string, round: number): Promise<Map<string, string>> {
    const rows = await this.db
      .selectFrom('updates')
      .select(['client', 'digest'])
      .where('task', '=', task)
      .where('round', '=', round)
      .orderBy('client')
      .execute();
    return new Map(rows.map(({ client, digest }) => [client, digest]));
  }

  async publish(task: string, entry: JournalEntry): Promise<void> {
    await this.db.transaction().execute(async (transaction) => {
      await transaction
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
          published_at: Date.now(),
        })
        .execute();
      await transaction
        .updateTable('attempts')
        .set({ outcome: 'published' })
        .where('task', '=', task)
        .where('round', '=', entry.round)
        .where('outcome', '=', 'open')
        .execute();
    });
  }

  async journal(task: string, after: number, limit: number): Promise<JournalEntry[]> {
    const rows = await this.db
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
    const row = await this.db
      .selectFrom('journal')
      .selectAll()
      .where('task', '=', task)
      .orderBy('round', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : entryOf(row);
  }

  async addFile(sha256: string, bytes: number, kind: FileKind): Promise<void> {
    await this.db
      .insertInto('files')
      .values({ sha256, bytes, kind })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async hasFile(sha256: string): Promise<boolean> {
    const row = await this.db
      .selectFrom('files')
      .select('sha256')
      .where('sha256', '=', sha256)
      .executeTakeFirst();
    return row !== undefined;
  }

  async addClient(task: string, client: string): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await this.db
      .insertInto('clients')
      .values({ task, client, joined_at: Date.now() })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }

  async close(): Promise<void> {
    await this.db.destroy();
  }
}

async function insertUpdate(transaction: Transaction<Tables>, update: NewUpdate): Promise<number> {
  const { insertId } = await transaction
    .insertInto('updates')
    .values({ ...update, frame: Buffer.from(update.frame) })
    .executeTakeFirstOrThrow();
  return Number(insertId);
}

function entryOf(row: Selectable<Tables['journal']>): JournalEntry {
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
  };
}
