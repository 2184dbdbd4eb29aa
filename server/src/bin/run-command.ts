/** Runs a command line; whatever goes wrong is one line on stderr: code, what and remedy. */
import { type ErrorCode, FederationError } from '@fedhybnn/shared';
import { type Command, CommanderError } from 'commander';

/** Commander's complaints that are about a name; the others are about a value. */
const UNKNOWN_NAMES = ['commander.unknownOption', 'commander.unknownCommand'];

/** Call it before subcommands are added: they inherit the way errors are told. */
export function tellErrorsInOneLine(program: Command): Command {
  return program.exitOverride().configureOutput({ outputError: () => {} });
}

/** Parses the process's arguments, runs the command and sets the exit code. */
export async function runCommand(program: Command): Promise<void> {
  try {
    await program.parseAsync();
  } catch (thrown) {
    // Help and version were asked for.
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return;
    const error = thrown instanceof CommanderError ? usageError(thrown) : thrown;
    const { code, message, cause } = FederationError.from(error);
    process.stderr.write(`error [${code}]: ${message}\n`);
    if (process.env.FEDHYBNN_DEBUG && cause instanceof Error) {
      process.stderr.write(`${cause.stack}\n`);
    }
    process.exitCode = 1;
  }
}

function usageError({ code, message }: CommanderError): FederationError {
  // A command that was not named at all: commander has printed the help.
  if (code === 'commander.help') {
    return new FederationError('bad-request', 'no command; name one of those above');
  }
  const text = message.replace(/^error: /, '').replace(/\.?\s*\n\s*/g, ' ');
  const kind: ErrorCode = UNKNOWN_NAMES.includes(code) ? 'unknown-option' : 'bad-request';
  return new FederationError(kind, `${text}; --help lists the options`);
}
