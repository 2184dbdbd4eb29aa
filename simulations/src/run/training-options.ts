/** Options of the local training of every client. */
import { OPTIMIZER_DEFAULTS, type TrainingSettings } from '@fedhybnn/shared';
import type { Command } from 'commander';
import { fraction, wholeNumber } from './numbers.js';
import { option } from './option.js';

export interface TrainingOptions {
  /** Default by the number of labels a sample. */
  readonly loss?: TrainingSettings['loss'];
  readonly optimizer: TrainingSettings['optimizer']['kind'];
  /** Absent: what suits the rule. */
  readonly epochs?: number;
  readonly batch: number;
  /** Absent: what suits the rule. */
  readonly learningRate?: number;
}

/** Adds them to a command, whose options then are {@link TrainingOptions}. */
export function addTrainingOptions(command: Command): Command {
  return command
    .addOption(
      option(
        '--epochs <n>',
        'local epochs a round (default: what suits the rule)',
        'EPOCHS',
      ).argParser(wholeNumber(1, 1000)),
    )
    .addOption(
      option('--batch <n>', 'samples a step', 'BATCH').argParser(wholeNumber(1, 4096)).default(50),
    )
    .addOption(
      option(
        '--learning-rate <rate>',
        'in the first round (default: what suits the rule)',
        'LEARNING_RATE',
      ).argParser(fraction),
    )
    .addOption(
      option(
        '--loss <name>',
        'loss (default: softmax for more than two classes, else sigmoid)',
        'LOSS',
      ).choices(['softmax-cross-entropy', 'sigmoid-cross-entropy', 'squared-hinge']),
    )
    .addOption(
      option('--optimizer <name>', 'optimizer of the latents', 'OPTIMIZER')
        .choices(Object.keys(OPTIMIZER_DEFAULTS))
        .default('adam'),
    );
}
