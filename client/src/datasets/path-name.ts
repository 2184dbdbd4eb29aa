/** Names of data sets that a user brings. */
import { basename, resolve } from 'node:path';

/** A file's or folder's own name as the name of a data set: small letters, digits and hyphens. */
export function nameOfPath(path: string): string {
  const plain = basename(resolve(path))
    .toLowerCase()
    .replace(/(\.csv)?(\.gz)?$/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return plain === '' ? 'data' : plain;
}
