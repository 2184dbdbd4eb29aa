/** What an experiment consists of: sections with cases, each case a command line without its seed. */

export interface ExperimentCase {
  /** Where its result stands in the section's table: row and, in a pivot, column. */
  readonly row: string;
  readonly column: string;
  readonly command: 'run' | 'baseline';
  /** Options of the command, without seed, workers and output. */
  readonly args: readonly string[];
}

export type FigureKind =
  /** Accuracy over rounds, a line for each row. */
  | 'rounds'
  /** Accuracy over the bytes of a client that takes part in every round. */
  | 'bytes'
  /** Final accuracies with their deviations, a line for each row. */
  | 'dots';

export interface Section {
  /** What `--only` takes. */
  readonly name: string;
  readonly title: string;
  /** What is held fixed, in a sentence or two. */
  readonly about: string;
  /** `list`: a line a row with bits and bytes; `pivot`: accuracies by row and column. */
  readonly table: 'list' | 'pivot' | 'multi-label';
  readonly figures: readonly FigureKind[];
  readonly cases: readonly ExperimentCase[];
}

/** As a user would type it. */
export function commandLine({ command, args }: ExperimentCase, seed: number): string {
  return ['npx fedhybnn-simulate', command, ...args, '--seed', seed].join(' ');
}
