/** The command behind `npm run page-report`. */
import { runCommand, tellErrorsInOneLine } from '@fedhybnn/client/node';
import { Command } from 'commander';
import { setUpPageReportCommand } from '../page-report/command.js';

// An exit, not a death: what was started is stopped.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => process.exit(130));
}

const program = tellErrorsInOneLine(new Command('npm run page-report --'));
setUpPageReportCommand(program);
await runCommand(program);
