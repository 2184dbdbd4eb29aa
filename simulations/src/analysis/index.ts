export type { Confusion } from './class-accuracy.js';
export { classAccuracies } from './class-accuracy.js';
export { analyzeModel, type ModelAnalysis } from './model-analysis.js';
export { createRoundObserver } from './round-observer.js';
export { AGREEMENT_BINS, coinAgreement, voteAgreement } from './vote-agreement.js';
