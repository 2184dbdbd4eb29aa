/** Options of who takes part, for how long, and how it is played. */
import type { Command } from 'commander';
import { wholeNumber } from './numbers.js';
import { option } from './option.js';

export interface FederationOptions {
  readonly clients: number;
  readonly cohort: number;
  readonly rounds: number;
  readonly seed: number;
  /** A model file or a run's folder; absent: the model that the seed makes. */
  readonly initFrom?: string;
  readonly evaluateOn: 'test' | 'validation';
  readonly evaluateEvery: number;
  readonly mode: 'in-process' | 'wire';
  readonly workers: number;
}

/** Adds them to a command, whose options then are {@link FederationOptions}. */
export function addFederationOptions(command: Command): Command {
  return command
    .addOption(
      option('--clients <n>', 'virtual clients', 'CLIENTS')
        .argParser(wholeNumber(1, 1_000_000))
        .default(100),
    )
    .addOption(
      option('--cohort <n>', 'clients a round', 'COHORT')
        .argParser(wholeNumber(1, 1_000_000))
        .default(10),
    )
    .addOption(
      option('--rounds <n>', 'rounds', 'ROUNDS').argParser(wholeNumber(1, 1_000_000)).default(30),
    )
    .addOption(
      option('--seed <n>', 'seed of everything random', 'SEED')
        .argParser(wholeNumber(0))
        .default(1),
    )
    .addOption(
      option(
        '--init-from <file>',
        'begin with the model of an earlier run: its model.fhm, or its folder (in process)',
        'INIT_FROM',
      ),
    )
    .addOption(
      option(
        '--evaluate-on <split>',
        'test set, or the last 5,000 training images, which then train nothing',
        'EVALUATE_ON',
      )
        .choices(['test', 'validation'])
        .default('test'),
    )
    .addOption(
      option(
        '--evaluate-every <n>',
        'evaluate every n-th round and the last one (in process)',
        'EVALUATE_EVERY',
      )
        .argParser(wholeNumber(1))
        .default(1),
    )
    .addOption(
      option(
        '--mode <mode>',
        'rules called directly, or a real coordinator and clients on sockets',
        'MODE',
      )
        .choices(['in-process', 'wire'])
        .default('in-process'),
    )
    .addOption(
      option('--workers <n>', 'training threads; the result does not depend on them', 'WORKERS')
        .argParser(wholeNumber(1, 256))
        .default(2),
    );
}
