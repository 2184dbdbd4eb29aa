/** The data sets that a user names by a word alone: all of them of images. */
import { loadCifar10 } from './cifar10.js';
import type { DatasetSplit, ImageDataset } from './dataset.js';
import { loadEmnist } from './emnist.js';
import { loadFashionMnist } from './fashion-mnist.js';
import { loadMnist } from './mnist.js';

type Load = (split: DatasetSplit, folder: string | undefined) => Promise<ImageDataset>;

const LOADERS = {
  mnist: (split, folder) => loadMnist({ split, folder }),
  'fashion-mnist': (split, folder) => loadFashionMnist({ split, folder }),
  'cifar-10': (split, folder) => loadCifar10({ split, folder }),
  'emnist-letters': (split, folder) => loadEmnist({ variant: 'letters', split, folder }),
  'emnist-balanced': (split, folder) => loadEmnist({ variant: 'balanced', split, folder }),
  'emnist-digits': (split, folder) => loadEmnist({ variant: 'digits', split, folder }),
} as const satisfies Record<string, Load>;

export type DatasetName = keyof typeof LOADERS;

export const DATASET_NAMES = Object.keys(LOADERS) as DatasetName[];

export function isDatasetName(name: string): name is DatasetName {
  return Object.hasOwn(LOADERS, name);
}

/**
 * One split of a named data set.
 * @param folder of its files; default: the data set's own
 * @throws FederationError `dataset-missing` or `file-corrupt` naming the file and the remedy
 */
export function loadNamedDataset(
  name: DatasetName,
  split: DatasetSplit,
  folder?: string,
): Promise<ImageDataset> {
  return LOADERS[name](split, folder);
}
