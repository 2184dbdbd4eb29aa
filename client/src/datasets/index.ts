/** Data sets for Node: where they lie, how they are read, checked, cut into shards and cached. */
export { type BitsCacheOptions, cachedLatentBits } from './bits-cache.js';
export { type Cifar10Options, loadCifar10 } from './cifar10.js';
export { type CsvOptions, loadCsv } from './csv.js';
export {
  type Dataset,
  type DatasetSplit,
  type ImageDataset,
  labelBits,
  requireImages,
  requireTable,
  samplesOf,
  type TableDataset,
  takeSamples,
} from './dataset.js';
export { type EmnistOptions, type EmnistVariant, loadEmnist } from './emnist.js';
export { type FashionMnistOptions, loadFashionMnist } from './fashion-mnist.js';
export { datasetsFolder } from './folder.js';
export { parseIdxImages, parseIdxLabels } from './idx.js';
export { type ImageFolderOptions, loadImageFolder } from './image-folder.js';
export { loadMnist, type MnistOptions } from './mnist.js';
export { DATASET_NAMES, type DatasetName, isDatasetName, loadNamedDataset } from './named.js';
export { nameOfPath } from './path-name.js';
export { shardIndices, takeShard } from './shard.js';
export { type DataSpec, parseDataSpec } from './spec.js';
export { splitDataset } from './split.js';
export { loadYeast } from './yeast.js';
