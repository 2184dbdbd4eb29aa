import { FederationError } from '@fedhybnn/shared';
import { type Kysely, Migrator } from 'kysely';
import { type ColumnTypes, migrations } from './migrations.js';
import type { Tables } from './schema.js';

/**
 * Brings a database up to date, each migration once; closes it if that fails.
 * @param place how an operator knows the database
 * @throws FederationError `store-failed`
 */
export async function migrate(
  db: Kysely<Tables>,
  types: ColumnTypes,
  place: string,
): Promise<void> {
  const { error } = await new Migrator({ db, provider: migrations(types) }).migrateToLatest();
  if (error === undefined) return;
  await db.destroy();
  throw new FederationError(
    'store-failed',
    `the database ${place} cannot be brought up to date; restore a backup or use the version that wrote it`,
    { cause: error },
  );
}
