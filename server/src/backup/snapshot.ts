/** The tables of a coordinator at one moment, as an SQLite file, while it goes on. */
import { join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import { type Kysely, sql } from 'kysely';
import Database from 'libsql';
import { openEmbeddedDatabase } from '../store/embedded-store.js';
import type { StorePlace } from '../store/open-store.js';
import { openPostgresDatabase } from '../store/postgres-store.js';
import type { Tables } from '../store/schema.js';
import { copyTables } from './tables.js';

/** @throws FederationError `store-failed` */
export async function snapshotTables({ data, database }: StorePlace, file: string): Promise<void> {
  try {
    if (database === undefined) vacuumInto(join(data, 'coordinator.db'), file);
    else await copyFromPostgres(database, file);
  } catch (cause) {
    if (cause instanceof FederationError) throw cause;
    throw new FederationError(
      'store-failed',
      `the database cannot be copied to ${file} (${cause instanceof Error ? cause.message : cause}); free disk space or check its permissions`,
      { cause },
    );
  }
}

/** One read transaction of SQLite's own: writers go on beside it, and the copy is compact. */
function vacuumInto(from: string, to: string): void {
  const database = new Database(from);
  try {
    database.pragma('busy_timeout = 10000');
    database.exec(`VACUUM INTO '${to.replaceAll("'", "''")}'`);
  } finally {
    database.close();
  }
}

async function copyFromPostgres(url: string, file: string): Promise<void> {
  const from = await openPostgresDatabase(url);
  try {
    const to = await openEmbeddedDatabase(file);
    try {
      await from
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute((reading) => to.transaction().execute((writing) => copyTables(reading, writing)));
      await asOneFile(to);
    } finally {
      await to.destroy();
    }
  } finally {
    await from.destroy();
  }
}

/** Without a write-ahead log the file is all that there is. */
async function asOneFile(db: Kysely<Tables>): Promise<void> {
  await sql`pragma journal_mode = delete`.execute(db);
}
