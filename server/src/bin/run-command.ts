/** Runs a command line; whatever goes wrong is one line on stderr: code, what and remedy. */
import { commandFailure } from '@fedhybnn/shared';
import type { Command } from 'commander';

/** Call it before subcommands are added: they inherit the way errors are told. */
export function tellErrorsInOneLine(program: Command): Command {
  return program.exitOverride().configureOutput({ outputError: () => {} });
}

/** Parses the process's arguments, runs the command and sets the exit code. */
export async function runCommand(program: Command): Promise<void> {
  try {
    await program.parseAsync();
  } catch (thrown) {
    const error = commandFailure(thrown);
    if (error === null) return;
    process.stderr.write(`error [${error.code}]: ${error.message}\n`);
    if (process.env.FEDHYBNN_DEBUG && error.cause instanceof Error) {
      process.stderr.write(`${error.cause.stack}\n`);
    }
    process.exitCode = 1;
  }
}
