/** What a command prints when it fails: one line with the code, what is wrong and the remedy. */
import { type ErrorCode, FederationError } from './errors.js';

/** What the command-line parser throws; recognized by its shape, so that pages need no parser. */
interface UsageFailure {
  readonly code: string;
  readonly exitCode: number;
  readonly message: string;
}

/** The parser's complaints that are about a name; the others are about a value. */
const UNKNOWN_NAMES = ['commander.unknownOption', 'commander.unknownCommand'];

/** The failure as an error of ours, or null where nothing failed (help and version were asked for). */
export function commandFailure(thrown: unknown): FederationError | null {
  if (!isUsageFailure(thrown)) return FederationError.from(thrown);
  if (thrown.exitCode === 0) return null;
  // A command that was not named at all: the parser has printed the help.
  if (thrown.code === 'commander.help') {
    return new FederationError('bad-request', 'no command; name one of those above');
  }
  const text = thrown.message.replace(/^error: /, '').replace(/\.?\s*\n\s*/g, ' ');
  const code: ErrorCode = UNKNOWN_NAMES.includes(thrown.code) ? 'unknown-option' : 'bad-request';
  return new FederationError(code, `${text.replace(/\.$/, '')}; --help lists the options`);
}

function isUsageFailure(thrown: unknown): thrown is UsageFailure {
  return (
    thrown instanceof Error &&
    'code' in thrown &&
    typeof thrown.code === 'string' &&
    thrown.code.startsWith('commander.') &&
    'exitCode' in thrown
  );
}
