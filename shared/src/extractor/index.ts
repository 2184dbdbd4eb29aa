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
export { createRotation, type Rotation, rotationLength } from './rotation.js';
export { isMissing, readDecimal, type Table, type TableColumn, takeTableRows } from './table.js';
export { takeImages } from './take-images.js';
export { TFJS_BATCH, toSignedFixedPoint } from './tfjs.js';
export type { TfjsArrays, TfjsHeader } from './tfjs-file.js';
export { type OpenedModel, openTfjsModel, type TfjsTopology } from './tfjs-model.js';
export { latentSums } from './vae.js';
export { VAE_VARIANTS, type VaeArrays, type VaeHeader, type VaeVariant } from './vae-file.js';
