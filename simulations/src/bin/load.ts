/** The command behind `npm run load`. */
import { runCommand, tellErrorsInOneLine } from '@fedhybnn/client/node';
import { Command } from 'commander';
import { setUpLoadCommand } from '../load/command.js';

// An exit, not a death: what was started is stopped.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => process.exit(130));
}

const program = tellErrorsInOneLine(new Command('npm run load --'));
setUpLoadCommand(program);
await runCommand(program);
