/** The options of `run` that set up its update rule. */
import {
  FederationError,
  RULE_DEFAULTS,
  type RuleSettings,
  ruleSchema,
  serverStepFor,
} from '@fedhybnn/shared';

export interface RuleOptions {
  readonly rule: RuleSettings['kind'];
  /** What replaces the rule's defaults; only settings that the rule has. */
  readonly share?: number;
  readonly quorum?: number;
  readonly serverStep?: number;
  readonly threshold?: number;
  readonly density?: number;
  readonly slope?: number;
}

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
