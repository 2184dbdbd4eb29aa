/** The coordinator's folder of state: checked, and held by one coordinator at a time. */
import { randomUUID } from 'node:crypto';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import Database from 'libsql';

/** Subfolder of a restore under way: what lies beside it is not all there yet. */
export const RESTORING = '.restoring';

/** @throws FederationError `data-folder` if it cannot be made or written, or was not restored whole */
export async function prepareDataFolder(folder: string): Promise<void> {
  if (await exists(join(folder, RESTORING))) {
    throw new FederationError(
      'data-folder',
      `data folder ${folder}: a restore was cut off here; empty the folder and restore again`,
    );
  }
  const probe = join(folder, `.write-test-${randomUUID()}`);
  try {
    await mkdir(join(folder, 'files'), { recursive: true });
    await writeFile(probe, '');
    await rm(probe);
  } catch (cause) {
    throw new FederationError(
      'data-folder',
      `data folder ${folder}: cannot be written; choose another with --data or change its permissions`,
      { cause },
    );
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

export interface FolderLock {
  release(): void;
}

/**
 * Holds the folder for this process. The lock is the operating system's, on a database file: it ends
 * with the process, however that ends.
 * @throws FederationError `data-folder` if another coordinator holds it, or the file cannot be locked
 */
export function lockDataFolder(folder: string): FolderLock {
  const file = join(folder, 'coordinator.lock');
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { timeout: 1 });
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database?.close();
    throw new FederationError('data-folder', `data folder ${folder}: ${lockProblem(file, cause)}`, {
      cause,
    });
  }
  const lock = database;
  return {
    release() {
      lock.close();
    },
  };
}

function lockProblem(file: string, cause: unknown): string {
  const { code, message } = cause as { code?: unknown; message?: unknown };
  return typeof code === 'string' && code.startsWith('SQLITE_BUSY')
    ? 'another coordinator uses it; stop that one or choose another folder with --data'
    : `${file} cannot be locked (${message}); check the disk, and delete that file if it is damaged: it holds nothing`;
}
