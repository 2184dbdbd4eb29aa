/** What a global head becomes at a single client. Start with `personalize.ts`. */
export { HoldingOut } from './held-out.js';
export { addPersonalOptions, type PersonalOptions } from './options.js';
export {
  checkPersonalize,
  type PersonalizeSettings,
  type PersonalResult,
  personalize,
} from './personalize.js';
export { personalizeRun } from './run.js';
export { type PersonalSummary, personalSummary } from './summary.js';
