/** Extractors: from images to latent bits. Start with `extractor.ts`. */
export type { Extractor, ImageBatch, Samples } from './extractor.js';
export { decodeExtractorFile, type ExtractorFile, encodeExtractorFile } from './extractor-file.js';
export type { PatchArrays, PatchesHeader, PixelsHeader, QuantilesHeader } from './file-header.js';
export { type LoadExtractorOptions, loadExtractor } from './load-extractor.js';
export {
  type PatchDictionary,
  patchFeatureCount,
  patchFeatures,
  responseSide,
} from './patch-features.js';
export { toFixedPoint } from './patches.js';
export { isMissing, readDecimal, type Table, type TableColumn, takeTableRows } from './table.js';
export { takeImages } from './take-images.js';
export { latentSums } from './vae.js';
export { VAE_VARIANTS, type VaeArrays, type VaeHeader } from './vae-file.js';
