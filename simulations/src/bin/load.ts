/** The command behind `npm run load`. */
import { runCommand, tellErrorsInOneLine } from '@fedhybnn/client/node';
import { Command } from 'commander';
import { setUpLoadCommand } from '../load/command.js';

const program = tellErrorsInOneLine(new Command('npm run load --'));
setUpLoadCommand(program);
await runCommand(program);
