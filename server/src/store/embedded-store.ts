/** The embedded store: SQLite through libsql, write-ahead log, every commit synced to disk. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import { Kysely, SqliteDialect } from 'kysely';
import Database from 'libsql';
import { migrate } from './migrate.js';
import { SQLITE_TYPES } from './migrations.js';
import type { Tables } from './schema.js';
import { SqlStore } from './sql-store.js';
import type { Store } from './store.js';

/** What the log grows to before it is put away: no checkpoint takes so long that clients notice. */
const LOG_BYTES = 16 << 20;

/** Opens (and migrates) the database in a folder. */
export async function openEmbeddedStore(folder: string): Promise<Store> {
  const file = join(folder, 'coordinator.db');
  const db = await openEmbeddedDatabase(file);
  const close = () => db.destroy();
  const bytes = async () => (await sizeOf(file)) + (await sizeOf(`${file}-wal`));
  return new SqlStore({ kind: 'sqlite', db, reader: db, isRolledBack, bytes, close });
}

/** Bytes of a file, 0 if it is not there. */
function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

/**
 * The tables in a file, made or brought up to date.
 * @throws FederationError `store-failed`
 */
export async function openEmbeddedDatabase(file: string): Promise<Kysely<Tables>> {
  const database = openFile(file);
  // libsql has better-sqlite3's interface, not its types. Parameters must come as one array (a lone
  // Buffer aborts the process), which is how kysely passes them; blobs come back as ArrayBuffers.
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: database as never }) });
  await migrate(db, SQLITE_TYPES, file);
  return db;
}

function openFile(file: string): Database.Database {
  let database: Database.Database | undefined;
  try {
    database = new Database(file);
    setUp(database);
    return database;
  } catch (cause) {
    database?.close();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FederationError(
      'store-failed',
      `the database ${file} cannot be opened (${why}); free disk space, check the disk, or restore a backup`,
      { cause },
    );
  }
}

function setUp(database: Database.Database): void {
  // First: already the next pragma may meet another process that recovers the log or puts it away.
  database.pragma('busy_timeout = 10000');
  // Before anything is written: a database keeps the size that it was made with. Frames of 50 KB take
  // a fourth of the pages, and of the reads and writes, that the default of 4 KB takes.
  database.pragma('page_size = 16384');
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  const [{ page_size }] = database.pragma('page_size') as [{ page_size: number }];
  database.pragma(`wal_autocheckpoint = ${LOG_BYTES / page_size}`);
  database.pragma('foreign_keys = ON');
}

/**
 * A full disk, a conflict and a busy database undo the transaction. After an input or output error
 * (a sync that failed, say) a commit may still be found in the log at the next start.
 */
function isRolledBack(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^SQLITE_(CONSTRAINT|FULL|BUSY|TOOBIG|READONLY)/.test(code);
}
