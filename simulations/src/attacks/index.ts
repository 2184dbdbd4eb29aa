export {
  ATTACKS,
  type AttackKind,
  type AttackSpec,
  chooseAttackers,
  parseAttack,
  shownAttack,
} from './attack.js';
export type { LabeledImages } from './backdoor.js';
export { DEFENSES, parseDefenses } from './defenses.js';
export { type Attack, type CohortUpdate, createAttack } from './forge.js';
export { type ImageSource, type UnderAttack, underAttack } from './under-attack.js';
