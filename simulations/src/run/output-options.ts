/** Options of what a run leaves behind; its result does not depend on them. */
import type { Command } from 'commander';
import { openOption } from '../report/open-page.js';
import { option } from './option.js';

export interface OutputOptions {
  readonly out?: string;
  readonly open: boolean;
  readonly json: boolean;
}

/** Adds them to a command, whose options then are {@link OutputOptions}. */
export function addOutputOptions(command: Command): Command {
  return command
    .addOption(
      option(
        '--out <folder>',
        'keep the run there: report.html, plots, run.json, metrics (default of a grid: runs/NAME)',
        'OUT',
      ),
    )
    .addOption(openOption())
    .addOption(option('--json', 'print one JSON object as the last line', 'JSON').default(false));
}
