/** Options of personalization. */
import type { Command } from 'commander';
import { fraction, wholeNumber } from '../run/numbers.js';
import { option } from '../run/option.js';

export interface PersonalOptions {
  /** Clients. */
  readonly personalize?: number;
  readonly personalizeEpochs: number;
  /** Default: a tenth of the first round's. */
  readonly personalizeRate?: number;
}

/** Adds them to a command, whose options then are {@link PersonalOptions}. */
export function addPersonalOptions(command: Command): Command {
  return command
    .addOption(
      option(
        '--personalize <n>',
        'after the federation, fine-tune the head for so many clients, judged on a fifth of their samples that nobody trains on',
        'PERSONALIZE',
      ).argParser(wholeNumber(1, 1_000_000)),
    )
    .addOption(
      option('--personalize-epochs <e>', 'epochs of fine-tuning', 'PERSONALIZE_EPOCHS')
        .argParser(wholeNumber(1, 1000))
        .default(10),
    )
    .addOption(
      option(
        '--personalize-rate <rate>',
        'learning rate of fine-tuning (default: a tenth of the first round’s)',
        'PERSONALIZE_RATE',
      ).argParser(fraction),
    );
}
