/** Extractors: from images to latent bits. Start with `extractor.ts`. */
export type { Extractor, ImageBatch } from './extractor.js';
export { decodeExtractorFile, type ExtractorFile, encodeExtractorFile } from './extractor-file.js';
export type { PatchArrays, PatchesHeader, PixelsHeader } from './file-header.js';
export { loadExtractor } from './load-extractor.js';
export {
  type PatchDictionary,
  patchFeatureCount,
  patchFeatures,
  responseSide,
} from './patch-features.js';
export { toFixedPoint } from './patches.js';
