/**
 * `fedhybnn-coordinator backup`: all state of a coordinator at one moment, while it goes on. First the
 * tables, then the files that they name, then the secret of the tokens, at last the list; under a
 * temporary name until all of it is on disk.
 */
import { randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type BackupManifest, FederationError } from '@fedhybnn/shared';
import { openEmbeddedStore } from '../store/embedded-store.js';
import { openStore, requireState, type StorePlace } from '../store/open-store.js';
import type { Store } from '../store/store.js';
import { syncFolder } from '../store/sync-folder.js';
import { copyDurably, forEachAbreast } from './durable-copy.js';
import { writeManifest } from './manifest.js';
import { snapshotTables } from './snapshot.js';

/** How often it is begun anew where old rounds are forgotten faster than their files are copied. */
const ATTEMPTS = 5;

/** A file was forgotten after the tables were copied. */
class Outrun extends Error {}

/**
 * @param out folder that must not exist; it appears when the backup is whole
 * @param version of this coordinator, for the list
 * @throws FederationError `data-folder`, `unknown-file`, `file-corrupt` or `store-failed`
 */
export async function backUp(
  place: StorePlace,
  out: string,
  version: string,
): Promise<BackupManifest> {
  await requireState(place);
  const target = resolve(out);
  await requireAbsent(target, out);
  for (let attempt = 1; ; attempt++) {
    const partial = `${target}.partial-${randomUUID()}`;
    try {
      await mkdir(partial, { recursive: true, mode: 0o700 });
      const manifest = await fill(place, partial, version);
      await requireAbsent(target, out);
      await rename(partial, target);
      await syncFolder(dirname(target));
      return manifest;
    } catch (thrown) {
      await rm(partial, { recursive: true, force: true });
      if (!(thrown instanceof Outrun)) throw thrown;
      if (attempt === ATTEMPTS) {
        throw new FederationError(
          'store-failed',
          'old rounds are forgotten faster than their files are copied; try again, or raise --keep-rounds of the coordinator',
        );
      }
    }
  }
}

async function requireAbsent(target: string, out: string): Promise<void> {
  const exists = await access(target).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  throw new FederationError('data-folder', `--out ${out}: exists; name a folder that does not`);
}

async function fill(place: StorePlace, folder: string, version: string): Promise<BackupManifest> {
  const tables = join(folder, 'tables.db');
  await snapshotTables(place, tables);
  const files: BackupManifest['files'][number][] = [];
  const copied = async (from: string, path: string, sha256?: string) => {
    files.push({ path, ...(await copyDurably(from, join(folder, path), sha256)) });
  };
  // The copy that is kept is made before the first is opened: a database in use has more files.
  await copied(tables, 'coordinator.db');
  const { tasks, names } = await contents(folder, tables);
  const live = await openStore(place);
  try {
    await forEachAbreast(names, async (sha256) => {
      const path = `files/${sha256.slice(0, 2)}/${sha256}`;
      await copied(join(place.data, path), path, sha256).catch(async (thrown) => {
        throw (await live.hasFile(sha256)) ? thrown : new Outrun();
      });
    });
  } finally {
    await live.close();
  }
  await copied(join(place.data, 'token-secret'), 'token-secret').catch((thrown) => {
    // A coordinator that never served has none.
    if (!isMissing(thrown)) throw thrown;
  });
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const from = place.database === undefined ? 'embedded' : 'postgres';
  const createdAt = new Date().toISOString();
  const manifest: BackupManifest = { format: 1, version, createdAt, from, tasks, files };
  await writeManifest(folder, manifest);
  for (const parent of new Set(files.map(({ path }) => dirname(join(folder, path))))) {
    await syncFolder(parent);
  }
  return manifest;
}

/** What the copied tables tell: the tasks, and the files that they name. Removes the copy. */
async function contents(
  folder: string,
  tables: string,
): Promise<{ tasks: BackupManifest['tasks']; names: string[] }> {
  const scratch = join(folder, 'scratch');
  await mkdir(scratch);
  await rename(tables, join(scratch, 'coordinator.db'));
  const store = await openEmbeddedStore(scratch);
  try {
    return { tasks: await tasksOf(store), names: await store.files() };
  } finally {
    await store.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function tasksOf(store: Store): Promise<BackupManifest['tasks']> {
  const tasks: BackupManifest['tasks'] = [];
  for (const { id, initialModel } of await store.tasks()) {
    const latest = await store.latest(id);
    const { round, model, chain } = latest ?? { round: 0, model: initialModel, chain: null };
    tasks.push({ id, round, model, chain });
  }
  return tasks;
}

function isMissing(thrown: unknown): boolean {
  const cause = thrown instanceof FederationError ? thrown.cause : undefined;
  return (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}
