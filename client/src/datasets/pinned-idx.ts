/** Data sets of four IDX files whose contents are known by their published hashes. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import type { DatasetSplit, ImageDataset } from './dataset.js';
import { parseIdxImages, parseIdxLabels } from './idx.js';
import { readDataFile } from './read-file.js';

/** SHA-256 of the unpacked files of one split. */
interface PinnedSplit {
  readonly images: string;
  readonly labels: string;
}

export interface PinnedSet {
  readonly name: string;
  readonly classes: readonly string[];
  readonly hashes: Record<DatasetSplit, PinnedSplit>;
  /** What to do where a file is missing, and where it is another. */
  readonly whereMissing: string;
  readonly whereAnother: string;
}

const PREFIX: Record<DatasetSplit, string> = { train: 'train', test: 't10k' };

/**
 * Reads one split and checks it against the hashes.
 * @param folder of the IDX files, plain or packed by gzip
 * @throws FederationError `dataset-missing` if a file is not there, `file-corrupt` if it is another
 */
export async function loadPinnedIdx(
  set: PinnedSet,
  split: DatasetSplit,
  folder: string,
): Promise<ImageDataset> {
  const imagesFile = `${PREFIX[split]}-images-idx3-ubyte`;
  const labelsFile = `${PREFIX[split]}-labels-idx1-ubyte`;
  const pinned = set.hashes[split];
  const [images, labels] = await Promise.all([
    readPinned(set, folder, imagesFile, pinned.images),
    readPinned(set, folder, labelsFile, pinned.labels),
  ]);
  return {
    name: `${set.name}-${split}`,
    images: parseIdxImages(images, imagesFile),
    labels: parseIdxLabels(labels, labelsFile),
    classes: set.classes,
    sha256: createHash('sha256')
      .update(pinned.images + pinned.labels)
      .digest('hex'),
  };
}

async function readPinned(
  set: PinnedSet,
  folder: string,
  file: string,
  sha256: string,
): Promise<Uint8Array> {
  const bytes = await readDataFile(folder, file, `data set ${set.name}`, set.whereMissing);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) {
    throw new FederationError(
      'file-corrupt',
      `${join(folder, file)}: SHA-256 is ${found}, not ${sha256} as published; ${set.whereAnother}`,
    );
  }
  return bytes;
}
