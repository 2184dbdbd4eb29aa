export { admitUpdate } from './admission.js';
export { type OrderedIds, selectCohort } from './cohort.js';
export { advanceRound, initialRoundState, type ResumedRound } from './machine.js';
export type {
  Admission,
  RoundEffect,
  RoundEvent,
  RoundPhase,
  RoundSettings,
  RoundState,
  RoundTransition,
} from './round.js';
export { gathering } from './settle.js';
