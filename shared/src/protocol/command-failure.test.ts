import { describe, expect, it } from 'vitest';
import { commandFailure } from './command-failure.js';
import { FederationError } from './errors.js';

const usage = (code: string, message: string, exitCode = 1) =>
  Object.assign(new Error(message), { code, exitCode });

describe('the failure of a command', () => {
  it('is the error itself where it is one of ours, and internal where nobody foresaw it', () => {
    const error = new FederationError('port-in-use', 'another');
    expect(commandFailure(error)).toBe(error);
    expect(commandFailure(new RangeError('x'))).toMatchObject({ code: 'internal', message: 'x' });
    expect(commandFailure(Object.assign(new Error('gone'), { code: 'ENOENT' }))).toMatchObject({
      code: 'internal',
    });
  });

  it('is one line with a code for what the parser complains about', () => {
    const unknown = usage(
      'commander.unknownOption',
      "error: unknown option '--prot'\n(Did you mean --port?)",
    );
    expect(commandFailure(unknown)).toMatchObject({
      code: 'unknown-option',
      message: "unknown option '--prot' (Did you mean --port?); --help lists the options",
    });
    expect(
      commandFailure(usage('commander.invalidArgument', 'error: It must be a number.')),
    ).toMatchObject({
      code: 'bad-request',
      message: 'It must be a number; --help lists the options',
    });
    expect(commandFailure(usage('commander.help', '(outputHelp)'))).toMatchObject({
      message: 'no command; name one of those above',
    });
  });

  it('is nothing where help or the version was asked for', () => {
    expect(commandFailure(usage('commander.helpDisplayed', '(outputHelp)', 0))).toBeNull();
  });
});
