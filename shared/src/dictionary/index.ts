/**
 * Learning the dictionary of the `patches` extractor: in one place, or by a federation of clients
 * whose images stay where they are. Start with `dictionary-state.ts`.
 */
export { objectiveOf } from './centroids-phase.js';
export {
  decodeDictionaryState,
  dictionaryExtractor,
  encodeDictionaryState,
} from './dictionary-file.js';
export {
  type DictionaryState,
  dictionaryRounds,
  dictionaryUpdate,
  nextState,
  type OpenState,
  STARTED,
  sumUpdates,
  updateLength,
} from './dictionary-state.js';
export {
  type DictionaryTask,
  dictionaryTaskHash,
  dictionaryTaskSchema,
  patchValues,
} from './dictionary-task.js';
export {
  type DictionaryBinding,
  decodeDictionaryUpdate,
  encodeDictionaryUpdate,
} from './dictionary-update.js';
export {
  chooseFractionBits,
  type FittedFeature,
  fitThreshold,
  NEAR_CONSTANT,
  selectFeatures,
} from './fit-thresholds.js';
export {
  FEATURE_CONSTANTS,
  foldWhitening,
  PATCH_CONSTANTS,
  WHITENING_EPSILON,
} from './fold-whitening.js';
export { choosePadding } from './padding.js';
export { samplePatches } from './sample-patches.js';
export { multiplyRows, zcaWhitening } from './whitening.js';
