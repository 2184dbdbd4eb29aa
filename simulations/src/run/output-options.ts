/** Options of what a run leaves behind; its result does not depend on them. */
import type { Command } from 'commander';
import { openOption } from '../report/open-page.js';
import { wholeNumber } from './numbers.js';
import { option } from './option.js';

export interface OutputOptions {
  readonly out?: string;
  /** Folder of event files. */
  readonly tensorboard?: string;
  readonly open: boolean;
  readonly resume: boolean;
  readonly checkpointEvery: number;
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
    .addOption(
      option(
        '--tensorboard <folder>',
        'write the rounds there for TensorBoard; of a grid, a folder for each run',
        'TENSORBOARD',
      ),
    )
    .addOption(openOption())
    .addOption(
      option(
        '--resume',
        'go on with the same run in --out where it was killed or interrupted',
        'RESUME',
      ).default(false),
    )
    .addOption(
      option('--checkpoint-every <n>', 'rounds between checkpoints in --out', 'CHECKPOINT_EVERY')
        .argParser(wholeNumber(1))
        .default(20),
    )
    .addOption(option('--json', 'print one JSON object as the last line', 'JSON').default(false));
}
