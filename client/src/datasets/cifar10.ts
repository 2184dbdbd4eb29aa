/**
 * CIFAR-10 (Krizhevsky, 2009) in its binary version: 32×32 color images of ten classes. A file holds
 * records of 3,073 bytes: the label, then 1,024 red, 1,024 green and 1,024 blue values, row by row.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import type { DatasetSplit, ImageDataset } from './dataset.js';
import { datasetsFolder } from './folder.js';
import { readDataFile } from './read-file.js';

const SIDE = 32;
const PLANE = SIDE * SIDE;
const RECORD = 1 + 3 * PLANE;
const CLASSES = [
  ...['airplane', 'automobile', 'bird', 'cat', 'deer'],
  ...['dog', 'frog', 'horse', 'ship', 'truck'],
];
const FILES: Record<DatasetSplit, readonly string[]> = {
  train: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
  test: ['test_batch.bin'],
};

export interface Cifar10Options {
  readonly split: DatasetSplit;
  /**
   * Folder of the `.bin` files, plain or packed by gzip. Without it: `cifar-10-batches-bin` in
   * {@link datasetsFolder}, as the published archive unpacks there.
   */
  readonly folder?: string | undefined;
}

/** @throws FederationError `dataset-missing` if a file is not there, `file-corrupt` naming the record */
export async function loadCifar10(options: Cifar10Options): Promise<ImageDataset> {
  const folder = options.folder ?? join(datasetsFolder(), 'cifar-10-batches-bin');
  const remedy = `unpack cifar-10-binary.tar.gz (www.cs.toronto.edu/~kriz/cifar.html) in ${datasetsFolder()}, or name its folder with --data-folder`;
  const batches = await Promise.all(
    FILES[options.split].map(async (file) => {
      const bytes = await readDataFile(folder, file, 'data set cifar-10', remedy);
      checkRecords(bytes, join(folder, file));
      return bytes;
    }),
  );
  const count = batches.reduce((sum, { length }) => sum + length / RECORD, 0);
  const pixels = new Uint8Array(count * 3 * PLANE);
  const labels = new Int32Array(count);
  const hash = createHash('sha256');
  let image = 0;
  for (const batch of batches) {
    hash.update(batch);
    for (let at = 0; at < batch.length; at += RECORD, image++) {
      labels[image] = batch[at];
      interleave(batch.subarray(at + 1, at + RECORD), pixels.subarray(image * 3 * PLANE));
    }
  }
  return {
    name: `cifar-10-${options.split}`,
    images: { count, width: SIDE, height: SIDE, channels: 3, pixels },
    labels,
    classes: CLASSES,
    sha256: hash.digest('hex'),
  };
}

function checkRecords(bytes: Uint8Array, path: string): void {
  const refuse = (what: string) => {
    throw new FederationError('file-corrupt', `${path}: ${what}; get the file again`);
  };
  if (bytes.length === 0 || bytes.length % RECORD !== 0) {
    refuse(`${bytes.length} bytes are not whole records of ${RECORD} bytes`);
  }
  for (let at = 0; at < bytes.length; at += RECORD) {
    if (bytes[at] >= CLASSES.length) {
      refuse(`field "label" of record ${at / RECORD} is ${bytes[at]}, outside 0…9`);
    }
  }
}

/** From three planes to three values a pixel. */
function interleave(planes: Uint8Array, pixels: Uint8Array): void {
  for (let pixel = 0; pixel < PLANE; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      pixels[3 * pixel + channel] = planes[channel * PLANE + pixel];
    }
  }
}
