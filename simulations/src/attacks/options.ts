/** Options of who attacks, and of what the aggregation does about it. */
import type { RobustSettings } from '@fedhybnn/shared';
import type { Command } from 'commander';
import { addOptionOrNone, byParser, option } from '../run/option.js';
import { ATTACKS, type AttackSpec, parseAttack } from './attack.js';
import { DEFENSES, parseDefenses } from './defenses.js';

export interface AttackOptions {
  readonly attack?: AttackSpec;
  readonly robust?: RobustSettings;
}

/** Adds them to a command, whose options then are {@link AttackOptions}. */
export function addAttackOptions(command: Command): Command {
  const attack = option(
    '--attack <kind:share>',
    `clients that attack, and how: ${ATTACKS.join(', ')}; such as sign-flip:0.2, or boost:0.1:10 with a strength; none: all are honest`,
    'ATTACK',
  ).argParser(byParser(parseAttack));
  const robust = option(
    '--robust <defenses>',
    `defenses of the aggregation: ${DEFENSES.join(', ')}, with commas between them; none: it has none`,
    'ROBUST',
  ).argParser(byParser(parseDefenses));
  return addOptionOrNone(addOptionOrNone(command, attack, 'none'), robust, 'none');
}
