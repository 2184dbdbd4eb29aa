/**
 * Fashion-MNIST (Xiao, Rasul & Vollgraf, arXiv 1708.07747): 60,000 training and 10,000 test images of
 * clothes, 28×28 gray pixels.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatasetSplit, ImageDataset } from './dataset.js';
import { datasetsFolder } from './folder.js';
import { loadPinnedIdx, type PinnedSet } from './pinned-idx.js';

/** Where Debian's package `dataset-fashion-mnist` puts the files. */
const DEBIAN_FOLDER = '/usr/share/datasets/fashion-mnist';

/** SHA-256 of the unpacked files as Debian distributes them. */
const HASHES: PinnedSet['hashes'] = {
  train: {
    images: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    labels: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
  },
  test: {
    images: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    labels: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
  },
};

export interface FashionMnistOptions {
  readonly split: DatasetSplit;
  /**
   * Folder of the IDX files, plain or packed by gzip. Without it: that of Debian's package
   * `dataset-fashion-mnist`, or where that is not installed, `fashion-mnist` in {@link datasetsFolder}.
   */
  readonly folder?: string | undefined;
}

/**
 * Reads one split and checks it against the hashes.
 * @throws FederationError `dataset-missing` if a file is not there, `file-corrupt` if it is another
 */
export async function loadFashionMnist(options: FashionMnistOptions): Promise<ImageDataset> {
  const own = join(datasetsFolder(), 'fashion-mnist');
  const set: PinnedSet = {
    name: 'fashion-mnist',
    classes: [
      ...['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat'],
      ...['Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
    ],
    hashes: HASHES,
    whereMissing: `install Debian's package dataset-fashion-mnist, or put the four IDX files of github.com/zalandoresearch/fashion-mnist into ${own}`,
    whereAnother: 'delete it and get it again',
  };
  const installed = existsSync(DEBIAN_FOLDER) ? DEBIAN_FOLDER : own;
  return loadPinnedIdx(set, options.split, options.folder ?? installed);
}
