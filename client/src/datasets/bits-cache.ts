/**
 * Latent bits on disk: extraction is done once for an extractor and a data set, whose hashes name
 * the file. The file is a labeled-bits file, so its checksum guards it; a cache is never trusted
 * and never needed, so whatever goes wrong with it costs time only.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BitMatrix, decodeBitsFile, type Extractor, encodeBitsFile } from '@fedhybnn/shared';
import { type Dataset, labelBits, samplesOf } from './dataset.js';
import { datasetsFolder } from './folder.js';

export interface BitsCacheOptions {
  readonly extractor: Extractor;
  readonly dataset: Dataset;
  /** Default {@link datasetsFolder}; the files lie below it in `latent-bits`. */
  readonly folder?: string | undefined;
  /** Called with the share extracted, in (0, 1]; once with 1 where the cache has it all. */
  readonly onProgress?: ((done: number) => void) | undefined;
  /** Called with one line where the bits cannot be kept. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/**
 * The data set's latent bits, from the cache or else extracted and kept.
 * @returns [samples][L], the same bits either way
 * @throws FederationError `bad-request` if the samples do not fit the extractor
 */
export async function cachedLatentBits(options: BitsCacheOptions): Promise<BitMatrix> {
  const { extractor, dataset, folder = datasetsFolder(), onProgress } = options;
  const path = join(folder, 'latent-bits', `${extractor.sha256}-${dataset.sha256}.bits`);
  const kept = await readKept(path, samplesOf(dataset).count, extractor.bits);
  if (kept !== undefined) {
    onProgress?.(1);
    return kept;
  }
  const bits = await extractor.extract(samplesOf(dataset), onProgress);
  try {
    await writeKept(path, encodeBitsFile(labelBits(dataset, bits), dataset.classes.length));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    options.onWarning?.(
      `latent bits are not kept, so they will be extracted again: ${reason}; set FEDHYBNN_DATASETS to a writable folder`,
    );
  }
  return bits;
}

/** Undefined where there is no such file, or it is not what it should be. */
async function readKept(path: string, rows: number, cols: number): Promise<BitMatrix | undefined> {
  try {
    const { bits } = decodeBitsFile(await readFile(path));
    return bits.rows === rows && bits.cols === cols ? bits : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all: processes that extract the same bits at once replace equal files. */
async function writeKept(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    // The first failure is the one to tell.
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}
