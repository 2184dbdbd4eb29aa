/** `fedhybnn-simulate`: simulated federations and extractor pretraining. */
import { runCommand, tellErrorsInOneLine } from '@fedhybnn/client/node';
import { Command } from 'commander';
import { registerBaselineCommand } from '../baseline/command.js';
import { registerBenchCommand } from '../bench/command.js';
import { registerExperimentCommand } from '../experiment/command.js';
import { registerFuzzCommand } from '../fuzz/command.js';
import { registerEvaluateCommand } from '../heads/evaluate.js';
import { registerImportCommand } from '../heads/import-lfc.js';
import { registerTrainCommand } from '../heads/train.js';
import { registerPartitionCommand } from '../partitions/index.js';
import { registerPretrainCommand } from '../pretrain/index.js';
import { addRunOptions, type RunOptions } from '../run/options.js';
import { createProgress } from '../run/progress.js';
import { run } from '../run/run.js';
import { summaryTable } from '../run/summary-table.js';
import { registerTaskCommand } from '../task/command.js';

const program = tellErrorsInOneLine(new Command('fedhybnn-simulate'))
  .description('Simulated federations of hybrid binary networks')
  .version('0.1.0');

addRunOptions(
  program
    .command('run')
    .description('plays a federation of virtual clients and prints how it went'),
).action(async (options: RunOptions) => {
  const interrupted = new AbortController();
  process.once('SIGINT', () => {
    process.stderr.write(
      '\nInterrupted: finishing the round; press Ctrl-C again to stop at once.\n',
    );
    interrupted.abort();
    process.once('SIGINT', () => process.exit(130));
  });
  const summary = await run(options, createProgress(), interrupted.signal);
  process.stdout.write(`${options.json ? JSON.stringify(summary) : summaryTable(summary)}\n`);
  if (interrupted.signal.aborted) process.exitCode = 130;
});

registerTaskCommand(program);
registerPartitionCommand(program);
registerPretrainCommand(program);
registerTrainCommand(program);
registerEvaluateCommand(program);
registerImportCommand(program);
registerBaselineCommand(program);
registerBenchCommand(program);
registerExperimentCommand(program);
registerFuzzCommand(program);

await runCommand(program);
