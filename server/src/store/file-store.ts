/** Content-addressed files: named by the SHA-256 of their bytes, written whole or not at all. */
import { randomUUID } from 'node:crypto';
import { access, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import { contentHash } from './content-hash.js';
import type { FileKind, Store } from './store.js';
import { syncFolder } from './sync-folder.js';

/** A younger file may be of somebody who is about to add its row. Milliseconds. */
const SETTLED_MS = 600_000;

export class FileStore {
  private readonly folder: string;

  /** @param folder absolute, or relative to the working directory at this moment */
  constructor(
    folder: string,
    private readonly store: Store,
  ) {
    this.folder = resolve(folder);
  }

  /** Durable when the promise resolves: file, then its folder, then the row. */
  async put(bytes: Uint8Array, kind: FileKind): Promise<string> {
    const sha256 = contentHash(bytes);
    const path = this.path(sha256);
    // A file that was lost is written again.
    if ((await this.store.hasFile(sha256)) && (await exists(path))) return sha256;
    const folder = dirname(path);
    const temporary = join(folder, `.${sha256}.${randomUUID()}`);
    try {
      await mkdir(folder, { recursive: true });
      const file = await open(temporary, 'wx');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => {});
      throw new FederationError(
        'store-failed',
        `file ${sha256} cannot be written to ${folder}; free disk space or check its permissions`,
        { cause },
      );
    }
    for (const parent of [folder, dirname(folder)]) await syncFolder(parent);
    await this.store.addFile(sha256, bytes.length, kind);
    return sha256;
  }

  /**
   * The bytes, checked against their name.
   * @throws FederationError `unknown-file` or `file-corrupt`
   */
  async read(sha256: string): Promise<Uint8Array> {
    let bytes: Uint8Array;
    try {
      bytes = new Uint8Array(await readFile(this.path(sha256)));
    } catch (cause) {
      throw new FederationError(
        'unknown-file',
        `file ${sha256} is not in the store; restore the data folder from a backup`,
        { cause },
      );
    }
    if (contentHash(bytes) !== sha256) {
      throw new FederationError(
        'file-corrupt',
        `file ${sha256} does not have the contents that its name says; restore it from a backup`,
      );
    }
    return bytes;
  }

  /** Where a file lies, or null if there is none. @param sha256 64 hexadecimal digits, checked */
  async locate(sha256: string): Promise<string | null> {
    if (!/^[0-9a-f]{64}$/.test(sha256)) return null;
    return (await this.store.hasFile(sha256)) ? this.path(sha256) : null;
  }

  /** Removes files that nothing names any more. */
  async remove(names: readonly string[]): Promise<void> {
    for (const sha256 of names) await rm(this.path(sha256), { force: true });
  }

  /**
   * Removes what was left by a stop in the middle: files without a row, and half-written ones.
   * @param settledMs younger ones are left alone
   * @returns how many were removed
   */
  async sweep(settledMs = SETTLED_MS): Promise<number> {
    const named = new Set(await this.store.files());
    const entries = await readdir(this.folder, { recursive: true, withFileTypes: true });
    let removed = 0;
    for (const entry of entries) {
      if (!entry.isFile() || named.has(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      const { mtimeMs } = await stat(path);
      if (Date.now() - mtimeMs < settledMs) continue;
      await rm(path, { force: true });
      removed++;
    }
    return removed;
  }

  private path(sha256: string): string {
    return join(this.folder, sha256.slice(0, 2), sha256);
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
