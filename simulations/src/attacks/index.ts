export { ATTACKS, type AttackSpec, chooseAttackers, parseAttack } from './attack.js';
export { type Attack, createAttack } from './forge.js';
export { flipLabels } from './label-flip.js';
