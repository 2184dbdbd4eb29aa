/** The extractors that ship with FedHyBNN, by the hash of their file. */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { contentHash } from '../store/content-hash.js';

let read: Promise<ReadonlyMap<string, Uint8Array>> | undefined;

/** Read once, half a megabyte in all. */
export function shippedExtractors(): Promise<ReadonlyMap<string, Uint8Array>> {
  read ??= readAll();
  return read;
}

async function readAll(): Promise<ReadonlyMap<string, Uint8Array>> {
  const { resolve } = createRequire(import.meta.url);
  const folder = dirname(resolve('@fedhybnn/shared/extractors/mnist-pixels.fhx'));
  const names = (await readdir(folder)).filter((name) => name.endsWith('.fhx')).sort();
  const files = new Map<string, Uint8Array>();
  for (const name of names) {
    const bytes = new Uint8Array(await readFile(join(folder, name)));
    files.set(contentHash(bytes), bytes);
  }
  return files;
}
