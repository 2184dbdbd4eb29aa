/** All rules, and the two ways to name one. */
import { RULE_DEFAULTS, type RuleSettings } from '../task/rule-settings.js';
import { blockVote } from './block-vote.js';
import { eden } from './eden.js';
import { fedavg } from './fedavg.js';
import { fedavgFp32 } from './fedavg-fp32.js';
import { fedpm } from './fedpm.js';
import { fedvote } from './fedvote.js';
import { flipVote } from './flip-vote.js';
import type { Rule } from './rule.js';
import { signVote } from './sign-vote.js';

/** The rule that a task's settings name, with these settings. */
export function ruleFor(settings: RuleSettings): Rule {
  switch (settings.kind) {
    case 'sign-vote':
      return signVote(settings);
    case 'block-vote':
      return blockVote(settings);
    case 'flip-vote':
      return flipVote(settings);
    case 'eden':
      return eden(settings);
    case 'fedvote':
      return fedvote(settings);
    case 'fedpm':
      return fedpm;
    case 'fedavg':
      return fedavg;
    case 'fedavg-fp32':
      return fedavgFp32;
  }
}

/** The name of the rule with this number in frames, or undefined where this version knows none. */
export function ruleName(id: number): RuleSettings['kind'] | undefined {
  return Object.values(RULE_DEFAULTS).find((settings) => ruleFor(settings).id === id)?.kind;
}
