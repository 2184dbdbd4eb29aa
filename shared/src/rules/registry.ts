/** All rules, and the two ways to name one. */
import type { RuleSettings } from '../task/task.js';
import { fedavg } from './fedavg.js';
import type { Rule } from './rule.js';
import { signVote } from './sign-vote.js';

const RULES: Readonly<Record<RuleSettings['kind'], Rule>> = { 'sign-vote': signVote, fedavg };

/** The rule that a task's settings name. */
export function ruleFor(settings: RuleSettings): Rule {
  return RULES[settings.kind];
}

/** The rule with this number in frames, or undefined where this version knows none. */
export function ruleById(id: number): Rule | undefined {
  return Object.values(RULES).find((rule) => rule.id === id);
}
