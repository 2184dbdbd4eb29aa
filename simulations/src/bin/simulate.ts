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
import { registerReportCommands } from '../report/command.js';
import { registerRunCommand } from '../run/command.js';
import { registerTaskCommand } from '../task/command.js';

const program = tellErrorsInOneLine(new Command('fedhybnn-simulate'))
  .description('Simulated federations of hybrid binary networks')
  .version('0.1.0');

registerRunCommand(program);
registerTaskCommand(program);
registerPartitionCommand(program);
registerPretrainCommand(program);
registerTrainCommand(program);
registerEvaluateCommand(program);
registerImportCommand(program);
registerBaselineCommand(program);
registerBenchCommand(program);
registerExperimentCommand(program);
registerReportCommands(program);
registerFuzzCommand(program);

await runCommand(program);
