/** Hostile inputs for every decoder of this package; for `npm run fuzz` and tests only. */
import { dictionaryTargets } from './dictionary-targets.js';
import { extractorTargets } from './extractor-targets.js';
import { fileTargets } from './file-targets.js';
import { integerTargets } from './integer-targets.js';
import { messageTargets } from './message-targets.js';
import { frameTarget, ruleTargets } from './rule-targets.js';
import type { FuzzTarget } from './target.js';

export { type FuzzOptions, type FuzzReport, fuzz, type TargetCounts } from './fuzz.js';
export { expectThat, type FuzzTarget } from './target.js';

/** Every decoder of this package. */
export function sharedTargets(): FuzzTarget[] {
  return [
    frameTarget(),
    ...ruleTargets(),
    ...fileTargets(),
    ...extractorTargets(),
    ...integerTargets(),
    ...dictionaryTargets(),
    ...messageTargets(),
  ];
}
