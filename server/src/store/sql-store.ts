/** The store in SQL, the same for every back end; what differs between them comes as a {@link Backend}. */
import { FederationError } from '@fedhybnn/shared';
import type { Kysely, Selectable, Transaction } from 'kysely';
import { forgetRounds } from './forget-rounds.js';
import type { Tables } from './schema.js';
import type {
  AttemptRecord,
  FileKind,
  JournalEntry,
  NewUpdate,
  PlayedAttempt,
  Store,
  StoredPhase,
  StoredUpdate,
  TaskRecord,
} from './store.js';

export interface Backend {
  /** For everything that changes something. */
  readonly db: Kysely<Tables>;
  /** For what only reads; may be the same. Sees every commit of `db` at once. */
  readonly reader: Kysely<Tables>;
  /** True where an error of a transaction proves that nothing of it was committed. */
  readonly isRolledBack: (error: unknown) => boolean;
  readonly close: () => Promise<void>;
}

/** Rows of one statement: far below the parameters that a statement may have. */
const INSERT_ROWS = 1000;

export class SqlStore implements Store {
  private readonly db: Kysely<Tables>;
  private readonly reader: Kysely<Tables>;

  constructor(private readonly backend: Backend) {
    this.db = backend.db;
    this.reader = backend.reader;
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
    }));
  }

  async setPhase(task: string, phase: StoredPhase): Promise<void> {
    await this.write((db) =>
      db.updateTable('tasks').set({ phase }).where('id', '=', task).execute(),
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

  async attempts(task: string, round: number): Promise<PlayedAttempt[]> {
    const rows = await this.reader
      .selectFrom('attempts')
      .selectAll()
      .where('task', '=', task)
      .where('round', '=', round)
      .orderBy('attempt')
      .execute();
    return rows.map(({ attempt, base, cohort, outcome, reason }) => ({
      ...{ task, round, attempt, base, outcome, reason },
      cohort: JSON.parse(cohort) as string[],
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

  async files(): Promise<string[]> {
    const rows = await this.reader.selectFrom('files').select('sha256').execute();
    return rows.map(({ sha256 }) => sha256);
  }

  async addClient(task: string, client: string, key: string | null): Promise<boolean> {
    return this.write(async (db) => {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('clients')
        .values({ task, client, key, joined_at: Date.now() })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 1n) return true;
      if (key === null) return false;
      const row = await db
        .selectFrom('clients')
        .select('key')
        .where('task', '=', task)
        .where('client', '=', client)
        .executeTakeFirst();
      return row?.key === key;
    });
  }

  close(): Promise<void> {
    return this.backend.close();
  }

  /** One transaction: committed when the promise resolves, gone where it rejects, or `store-lost`. */
  private async write<T>(work: (db: Transaction<Tables>) => Promise<T>): Promise<T> {
    try {
      return await this.db.transaction().execute(work);
    } catch (cause) {
      if (cause instanceof FederationError || this.backend.isRolledBack(cause)) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new FederationError(
        'store-lost',
        `the database does not say whether a write was committed (${why}); mend it, then start again: the start finds out`,
        { cause },
      );
    }
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
