/** Copies of files that are checked against their hash and on disk when they are done. */
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import { contentHash } from '../store/content-hash.js';

/** Copies at a time: they share syncs of the disk. */
const ABREAST = 8;

export interface CopiedFile {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Copies one file; the folder is made if it is missing, an existing file is not overwritten.
 * @param expected the hash that it must have; whatever it has if left out
 * @throws FederationError `unknown-file`, `file-corrupt`, or `store-failed` where nothing can be written
 */
export async function copyDurably(
  from: string,
  to: string,
  expected?: string,
): Promise<CopiedFile> {
  const bytes = await readFile(from).catch((cause) => {
    throw new FederationError('unknown-file', `${from}: cannot be read`, { cause });
  });
  const sha256 = contentHash(bytes);
  if (expected !== undefined && sha256 !== expected) {
    throw new FederationError(
      'file-corrupt',
      `${from}: does not have the contents that its hash says; take another backup, or restore another one`,
    );
  }
  await writeDurably(to, bytes);
  return { bytes: bytes.length, sha256 };
}

/** Writes a new file, readable by the owner only: a backup holds the secret of the tokens. */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new FederationError(
      'store-failed',
      `${path}: cannot be written; free disk space or check the folder's permissions`,
      { cause },
    );
  }
}

/** Does `work` for each, some at a time. After a failure no more is begun; it is thrown at rest. */
export async function forEachAbreast<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items].reverse();
  const worker = async () => {
    for (let item = queue.pop(); item !== undefined; item = queue.pop()) await work(item);
  };
  const stopping = () =>
    worker().catch((thrown: unknown) => {
      queue.length = 0;
      throw thrown;
    });
  const results = await Promise.allSettled(Array.from({ length: ABREAST }, stopping));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
