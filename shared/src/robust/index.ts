export { type Drift, driftsOf } from './drifts.js';
export { dissent, majority, outliers } from './outliers.js';
export { isCounted, nextScores, type Scores, type Verdict, type Verdicts } from './reputation.js';
export { RunningTally } from './running-tally.js';
export { checkRobust } from './settings.js';
export {
  advanceModel,
  type Experience,
  learnFrom,
  looksAtUpdates,
  NO_EXPERIENCE,
  type RoundUpdate,
  type SettledRound,
  screenedCount,
  settleRound,
  settleTally,
} from './settle-round.js';
