/** Writes what a command was asked to write. */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { FederationError } from '@fedhybnn/shared';

/**
 * Whole or not at all.
 * @throws FederationError `data-folder` naming `--out`
 */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(resolve(path)), { recursive: true });
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch (cause) {
    // The first failure is the one to tell.
    await rm(temporary, { force: true }).catch(() => {});
    throw new FederationError(
      'data-folder',
      `--out ${path}: cannot be written; choose a file in a folder that you may write to`,
      { cause },
    );
  }
}
