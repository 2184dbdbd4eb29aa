/** Data files on disk: plain, or packed by gzip. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { FederationError } from '@fedhybnn/shared';

const unpack = promisify(gunzip);

/**
 * The contents of `file` in `folder`, or of `file.gz`, unpacked.
 * @param what names the data set in errors
 * @param remedy what a user does where neither is there
 * @throws FederationError `dataset-missing` if neither is there, `file-corrupt` if it cannot be unpacked
 */
export async function readDataFile(
  folder: string,
  file: string,
  what: string,
  remedy: string,
): Promise<Uint8Array> {
  const path = join(folder, file);
  try {
    return await readUnpacked(path);
  } catch (cause) {
    if (cause instanceof FederationError) throw cause;
    return readUnpacked(`${path}.gz`).catch((packed) => {
      if (packed instanceof FederationError) throw packed;
      throw new FederationError('dataset-missing', `${what}: cannot read ${path}; ${remedy}`, {
        cause,
      });
    });
  }
}

/**
 * The bytes of a file, unpacked where gzip packed it.
 * @throws FederationError `file-corrupt` if it cannot be unpacked; what the file system throws
 */
export async function readUnpacked(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await unpack(bytes);
  } catch (cause) {
    throw new FederationError(
      'file-corrupt',
      `${path}: gzip cannot unpack it, so it is truncated or damaged; get the file again`,
      { cause },
    );
  }
}
