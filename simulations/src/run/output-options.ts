/** Options of what a run leaves behind; its result does not depend on them. */
import type { Command } from 'commander';
import { option } from './option.js';

export interface OutputOptions {
  readonly out?: string;
  readonly json: boolean;
}

/** Adds them to a command, whose options then are {@link OutputOptions}. */
export function addOutputOptions(command: Command): Command {
  return command
    .addOption(option('--out <folder>', 'write run.json and metrics.ndjson there', 'OUT'))
    .addOption(option('--json', 'print one JSON object as the last line', 'JSON').default(false));
}
