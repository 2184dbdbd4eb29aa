/** Options of the update rule. */
import { RULE_DEFAULTS, type RuleSettings } from '@fedhybnn/shared';
import type { Command } from 'commander';
import { fraction, positiveNumber } from './numbers.js';
import { option } from './option.js';

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

/** Adds them to a command, whose options then are {@link RuleOptions}. */
export function addRuleOptions(command: Command): Command {
  return command
    .addOption(
      option('--rule <name>', 'update rule', 'RULE')
        .choices(Object.keys(RULE_DEFAULTS))
        .default('block-vote'),
    )
    .addOption(
      option('--share <q>', 'share of the parameters in a round', 'SHARE').argParser(fraction),
    )
    .addOption(
      option('--quorum <tau>', 'stand still below this share of the votes', 'QUORUM').argParser(
        fraction,
      ),
    )
    .addOption(
      option('--server-step <eta>', 'step of the global latents', 'SERVER_STEP').argParser(
        fraction,
      ),
    )
    .addOption(
      option('--threshold <delta>', 'drift that is a flip for certain', 'THRESHOLD').argParser(
        fraction,
      ),
    )
    .addOption(
      option('--density <rho>', 'most flips of an update, as a share', 'DENSITY').argParser(
        fraction,
      ),
    )
    .addOption(
      option('--slope <a>', 'how sure a latent is of its sign', 'SLOPE').argParser(
        positiveNumber(Number.MAX_VALUE),
      ),
    );
}
