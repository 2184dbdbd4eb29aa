/** Data sets for Node: where they lie, how they are read, checked, cut into shards and cached. */
export { type BitsCacheOptions, cachedLatentBits } from './bits-cache.js';
export { type ImageDataset, takeSamples } from './dataset.js';
export { datasetsFolder } from './folder.js';
export { parseIdxImages, parseIdxLabels } from './idx.js';
export { loadMnist, type MnistOptions, type MnistSplit } from './mnist.js';
export { shardIndices, takeShard } from './shard.js';
export { type DataSpec, parseDataSpec } from './spec.js';
