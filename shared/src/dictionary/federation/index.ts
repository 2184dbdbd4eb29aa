/**
 * A dictionary that clients learn together, no image leaving them (docs/federated-extractor.md).
 * Start with `stage.ts`; a round is
 *
 *     state ──answerRound──▶ integers ──frame──▶ checkAnswer ──tally──▶ advanceDictionary ──▶ state
 */
export { advanceDictionary, dictionaryCohort, mergeAnswers, tallyAnswers } from './advance.js';
export { answerRound, checkAnswer } from './answer.js';
export { objectiveOf } from './centroids.js';
export { type LearnedExtractor, learnedExtractor } from './learned-extractor.js';
export { dictionaryRounds, type Stage, stageOf } from './stage.js';
export { type DictionaryState, initialDictionary } from './state.js';
export { decodeDictionaryState, encodeDictionaryState } from './state-file.js';
export {
  type DictionaryBinding,
  decodeDictionaryUpdate,
  dictionaryUpdateBytes,
  encodeDictionaryUpdate,
} from './update-frame.js';
