/** What a dictionary federation ends with: an ordinary file of kind `patches`. */
import { encodeExtractorFile } from '../../extractor/extractor-file.js';
import { FederationError } from '../../protocol/errors.js';
import { Random } from '../../random/random.js';
import { deriveSeed } from '../../random/seed.js';
import type { DictionaryTask } from '../../task/dictionary-task.js';
import { type FittedFeature, selectFeatures } from '../fit-thresholds.js';
import type { DictionaryState } from './state.js';
import { fractionBitsOf, learnedDictionary } from './thresholds.js';

export interface LearnedExtractor {
  /** The extractor file. */
  readonly file: Uint8Array;
  /** All features, before the choice. */
  readonly fitted: readonly FittedFeature[];
  /** Those that became bits, ascending. */
  readonly features: readonly number[];
  /** See the file's header. */
  readonly guardBand: number;
}

/**
 * @param state after the last round
 * @param about name, and what else the file says of itself
 * @throws FederationError `bad-request` before the last round, or if too few features vary
 */
export function learnedExtractor(
  task: DictionaryTask,
  state: DictionaryState,
  about: { readonly name: string; readonly trainedOn: string; readonly command: string },
): LearnedExtractor {
  const { counts, low } = state;
  if (counts === undefined || counts.images === 0) {
    throw new FederationError(
      'bad-request',
      `the thresholds are not counted after round ${state.round}; play all rounds, with clients that have images`,
    );
  }
  const fitted = Array.from(
    low,
    (threshold, f): FittedFeature => ({
      threshold,
      share: counts.reached[f] / counts.images,
      guarded: counts.guarded[f] / counts.images,
    }),
  );
  const { bits, padding, size, filters, grid, rectifier, contrastFloor } = task.dictionary;
  const random = new Random(deriveSeed(task.federation.seed, 'dictionary', 'features'));
  const features = selectFeatures(fitted, bits, random);
  const guardBand = features.reduce((sum, f) => sum + fitted[f].guarded, 0) / bits;
  const { width, height, channels } = task.input;
  const dictionary = learnedDictionary(task, state);
  const file = encodeExtractorFile({
    header: {
      kind: 'patches',
      bits,
      input: { width, height, channels },
      ...{ size, filters, padding, grid, rectifier, contrastFloor },
      fractionBits: fractionBitsOf(dictionary),
      guardBand,
      ...about,
    },
    arrays: {
      weights: dictionary.weights,
      features: Uint16Array.from(features),
      thresholds: Uint16Array.from(features, (f) => low[f]),
    },
  });
  return { file, fitted, features, guardBand };
}
