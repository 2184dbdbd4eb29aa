/** From options to the settings of an update rule. */
import {
  FederationError,
  RULE_DEFAULTS,
  type RuleSettings,
  ruleSchema,
  serverStepFor,
} from '@fedhybnn/shared';
import type { RuleOptions } from './rule-options.js';

/**
 * The rule's defaults with what was asked for.
 * @throws FederationError `bad-request` naming the option that the rule does not take
 */
export function ruleSettings(options: RuleOptions): RuleSettings {
  const { rule, share, quorum, serverStep, threshold, density, slope } = options;
  const asked = Object.entries({ share, quorum, serverStep, threshold, density, slope }).filter(
    ([, value]) => value !== undefined,
  );
  const suited = rule === 'block-vote' && share !== undefined;
  const settings = {
    ...RULE_DEFAULTS[rule],
    ...(suited && { serverStep: serverStepFor(share) }),
    ...Object.fromEntries(asked),
  };
  const parsed = ruleSchema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const names = asked.map(([name, value]) => `${name} ${value}`).join(', ');
  throw new FederationError(
    'bad-request',
    `--rule ${rule} with ${names}: ${parsed.error.issues[0].message}; see docs/rules.md for what it takes`,
  );
}
