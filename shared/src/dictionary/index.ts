/** Patch dictionaries: what learning one takes, in one place or by a federation. */
export * from './federation/index.js';
export {
  chooseFractionBits,
  type FittedFeature,
  fitThreshold,
  NEAR_CONSTANT,
  selectFeatures,
} from './fit-thresholds.js';
export { PATCH_RECIPE } from './patch-recipe.js';
export { samplePatches } from './sample-patches.js';
export { sphericalKMeans } from './spherical-k-means.js';
export { foldWhitening, momentSums, multiplyRows, zcaWhitening } from './whitening.js';
