/** What the sections have in common: one federation, so that their cases coincide. */
import type { ExperimentCase } from '../section.js';

/** 100 clients, 10 a round, 50 rounds, one hidden layer of 256 binary neurons. */
export const FEDERATION = ['--clients', '100', '--cohort', '10', '--rounds', '50'] as const;
export const HEAD = ['--hidden', '256'] as const;

/** One client with all samples, latents taken over as they are: plain training, 8 epochs. */
export const CENTRAL = ['--clients', '1', '--cohort', '1', '--rounds', '8'] as const;

/** A case of `run`. */
export function runCase(
  row: string,
  column: string,
  ...args: readonly (string | readonly string[])[]
): ExperimentCase {
  return { row, column, command: 'run', args: args.flat() };
}
