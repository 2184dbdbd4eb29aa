import { FederationError } from '@fedhybnn/shared';
import { type Kysely, type MigrationResultSet, Migrator, sql } from 'kysely';
import { type ColumnTypes, migrations } from './migrations.js';
import type { Tables } from './schema.js';

/**
 * Brings a database up to date, each migration once, and all of them or none: a start that is killed
 * in the middle leaves what it found. Closes the database if that fails.
 * @param place how an operator knows the database
 * @throws FederationError `store-failed`
 */
export async function migrate(
  db: Kysely<Tables>,
  types: ColumnTypes,
  place: string,
): Promise<void> {
  const migrator = (on: Kysely<Tables>) => new Migrator({ db: on, provider: migrations(types) });
  const latest = (on: Kysely<Tables>) => migrator(on).migrateToLatest();
  // Where nothing is to be done, nobody else is kept from writing for it.
  const inParts =
    !db.getExecutor().adapter.supportsTransactionalDdl && (await isBehind(migrator(db)));
  const { error } = await (inParts ? inOneTransaction(db, latest) : latest(db));
  if (error === undefined) return;
  await db.destroy();
  const why = error instanceof Error ? error.message : String(error);
  throw new FederationError(
    'store-failed',
    `the database ${place} cannot be brought up to date (${why}); check the disk, restore a backup or use the version that wrote it`,
    { cause: error },
  );
}

async function isBehind(migrator: Migrator): Promise<boolean> {
  // An error here comes again, and is told, when the migrations run.
  const all = await migrator.getMigrations().catch(() => []);
  return all.length === 0 || all.some(({ executedAt }) => executedAt === undefined);
}

/**
 * Kysely believes that SQLite has no transactions for changes of the schema; it has. Taken at once for
 * writing: of two processes that find the same to do, the second waits and finds it done.
 */
async function inOneTransaction(
  db: Kysely<Tables>,
  work: (db: Kysely<Tables>) => Promise<MigrationResultSet>,
): Promise<MigrationResultSet> {
  try {
    return await db.connection().execute(async (connection) => {
      await sql`begin immediate`.execute(connection);
      const result = await work(connection);
      await (result.error === undefined ? sql`commit` : sql`rollback`).execute(connection);
      return result;
    });
  } catch (error) {
    return { error };
  }
}
