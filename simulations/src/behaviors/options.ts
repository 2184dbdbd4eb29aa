/** Options of how clients behave, and of how long the coordinator waits for them. */
import { FederationError } from '@fedhybnn/shared';
import { type Command, InvalidArgumentError } from 'commander';
import { positiveNumber, wholeNumber } from '../run/numbers.js';
import { addOptionOrNone, byParser, option } from '../run/option.js';
import type { Stragglers } from './behavior.js';
import { DEVICE_NAMES, type DeviceShares, parseDevices } from './devices.js';

export interface BehaviorOptions {
  readonly devices?: DeviceShares;
  readonly availability: 'always' | 'diurnal';
  readonly dropout: number;
  readonly stragglers?: Stragglers;
  /** Seconds: simulated ones in process, real ones over sockets. */
  readonly deadline?: number;
  /** Updates. */
  readonly minimum?: number;
  readonly overSelect: number;
  /** Updates that make an asynchronous step; absent: synchronous rounds. */
  readonly aggregation?: { readonly buffer: number };
}

/** Adds them to a command, whose options then are {@link BehaviorOptions}. */
export function addBehaviorOptions(command: Command): Command {
  const aggregation = option(
    '--aggregation <how>',
    'rounds, or buffered:K: --cohort clients train at any time, and K updates make a step (default: rounds)',
    'AGGREGATION',
  ).argParser(byParser(parseAggregation));
  command
    .addOption(
      option(
        '--devices <shares>',
        `how fast clients are, in simulated time: mix, phones, or shares such as phone:0.8,laptop:0.2 of ${DEVICE_NAMES.join(', ')} (default: all at once)`,
        'DEVICES',
      ).argParser(byParser(parseDevices)),
    )
    .addOption(
      option(
        '--availability <when>',
        'clients are always there, or mostly at night',
        'AVAILABILITY',
      )
        .choices(['always', 'diurnal'])
        .default('always'),
    )
    .addOption(
      option('--dropout <p>', 'chance that a chosen client is lost before it answers', 'DROPOUT')
        .argParser(chance)
        .default(0),
    )
    .addOption(
      option(
        '--stragglers <p:factor>',
        'chance that a chosen client takes so many times as long, such as 0.1:10 (with --devices)',
        'STRAGGLERS',
      ).argParser(byParser(parseStragglers)),
    )
    .addOption(
      option(
        '--deadline <seconds>',
        'a round is closed then, with what has come',
        'DEADLINE',
      ).argParser(positiveNumber(86_400)),
    )
    .addOption(
      option(
        '--minimum <n>',
        'fewest updates of a round (default: the cohort; with --deadline half of it)',
        'MINIMUM',
      ).argParser(wholeNumber(1, 1_000_000)),
    )
    .addOption(
      option(
        '--over-select <factor>',
        'choose so many times the cohort; the first to answer count',
        'OVER_SELECT',
      )
        .argParser(overSelection)
        .default(1),
    );
  return addOptionOrNone(command, aggregation, 'rounds');
}

/** `buffered:10`. */
function parseAggregation(text: string): { readonly buffer: number } {
  const [, count] = /^buffered:(\d+)$/.exec(text) ?? [];
  const buffer = Number(count);
  if (buffer > 0 && buffer <= 1_000_000) return { buffer };
  throw new FederationError(
    'bad-request',
    `--aggregation ${text}: must be rounds, or buffered:K with a whole K > 0, such as buffered:10`,
  );
}

/** `0.1:10`. */
function parseStragglers(text: string): Stragglers {
  const [chanceOf, factor, ...rest] = text.split(':').map(Number);
  if (rest.length === 0 && chanceOf > 0 && chanceOf <= 1 && factor > 1 && factor <= 1000) {
    return { chance: chanceOf, factor };
  }
  throw new FederationError(
    'bad-request',
    `--stragglers ${text}: must be a chance up to 1 and a factor above 1, such as 0.1:10`,
  );
}

/** In [0, 1). */
function chance(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < 1) return value;
  throw new InvalidArgumentError('It must be a number from 0 on and below 1.');
}

/** In [1, 10]. */
function overSelection(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 1 && value <= 10) return value;
  throw new InvalidArgumentError('It must be a number from 1 to 10.');
}
