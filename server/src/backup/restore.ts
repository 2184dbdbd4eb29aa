/**
 * `fedhybnn-coordinator restore`: a backup becomes the state of a coordinator, in a database of either
 * kind. Everything is checked and verified beside its place first; the database comes last, so that a
 * restore that was cut off is never taken for a state.
 */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import { sql } from 'kysely';
import type { VerifyReport } from '../coordinator/verify.js';
import { RESTORING } from '../store/data-folder.js';
import { openEmbeddedDatabase } from '../store/embedded-store.js';
import { checkDatabase, type StorePlace } from '../store/open-store.js';
import { openPostgresDatabase, openPostgresStore } from '../store/postgres-store.js';
import { syncFolder } from '../store/sync-folder.js';
import { verifyFolder } from '../verify-folder.js';
import { copyDurably, forEachAbreast } from './durable-copy.js';
import { readManifest } from './manifest.js';
import { copyTables, isEmpty } from './tables.js';

/**
 * @param from a folder that `backup` wrote
 * @param place an empty or missing folder, and, if named, a PostgreSQL database without rows
 * @throws FederationError `data-folder`, `file-corrupt`, `journal-broken` or `store-failed`
 */
export async function restore(from: string, place: StorePlace): Promise<VerifyReport[]> {
  const { data, database } = place;
  if (database !== undefined) checkDatabase(database);
  const { files } = await readManifest(from);
  await requireEmpty(data);
  const staging = join(data, RESTORING);
  await mkdir(join(staging, 'files'), { recursive: true, mode: 0o700 });
  let reports: VerifyReport[];
  try {
    await forEachAbreast(files, async ({ path, sha256 }) => {
      await copyDurably(join(from, path), join(staging, path), sha256);
    });
    reports = await verifyFolder(staging);
    if (database !== undefined) await fillPostgres(database, join(staging, 'coordinator.db'));
  } catch (thrown) {
    await rm(staging, { recursive: true, force: true });
    throw thrown;
  }
  // From here on the staging folder stays until all is in its place: it says that not all is.
  await rename(join(staging, 'files'), join(data, 'files'));
  if (files.some(({ path }) => path === 'token-secret')) {
    await rename(join(staging, 'token-secret'), join(data, 'token-secret'));
  }
  if (database === undefined) await placeDatabase(from, data, files);
  await rm(staging, { recursive: true, force: true });
  await syncFolder(data);
  return reports;
}

async function requireEmpty(data: string): Promise<void> {
  const names = await readdir(data).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw new FederationError('data-folder', `data folder ${data}: cannot be read`, { cause });
  });
  if (names.length === 0) return;
  throw new FederationError(
    'data-folder',
    `data folder ${data}: is not empty; restore into a new one, or move away what is there`,
  );
}

/** Untouched: the copy that was verified has been opened, and a database in use has more files. */
async function placeDatabase(
  from: string,
  data: string,
  files: readonly { readonly path: string; readonly sha256: string }[],
): Promise<void> {
  const listed = files.find(({ path }) => path === 'coordinator.db');
  const fresh = join(data, RESTORING, 'fresh.db');
  await copyDurably(join(from, 'coordinator.db'), fresh, listed?.sha256);
  await syncFolder(data);
  await rename(fresh, join(data, 'coordinator.db'));
}

async function fillPostgres(url: string, file: string): Promise<void> {
  // Held while rows are written: no coordinator may serve from half of them.
  const guard = await openPostgresStore(url, { exclusive: true });
  try {
    const to = await openPostgresDatabase(url);
    const from = await openEmbeddedDatabase(file);
    try {
      if (!(await isEmpty(to))) {
        throw new FederationError(
          'store-failed',
          '--database: its tables have rows; restore into a database without any',
        );
      }
      await to.transaction().execute(async (writing) => {
        await copyTables(from, writing);
        // New updates get numbers above those of the receipts that were given.
        for (const table of ['updates', 'audit']) {
          await sql`select setval(pg_get_serial_sequence(${table}, 'sequence'),
            (select max(sequence) from ${sql.table(table)})) from ${sql.table(table)} limit 1`.execute(
            writing,
          );
        }
      });
    } finally {
      await Promise.all([to.destroy(), from.destroy()]);
    }
  } finally {
    await guard.close();
  }
}
