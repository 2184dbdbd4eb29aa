export { roundContext } from './context.js';
export { ruleFor, ruleName } from './registry.js';
export type { GlobalModel, RoundContext, Rule, Tally } from './rule.js';
export { scheduleFactor } from './schedule.js';
export { clientSeed, roundSeed } from './seeds.js';
