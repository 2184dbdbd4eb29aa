/** How this program defines an option. */
import { FederationError } from '@fedhybnn/shared';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** An option that can also be given as `FEDHYBNN_<variable>`. */
export function option(flags: string, description: string, variable: string): Option {
  return new Option(flags, description).env(`FEDHYBNN_${variable}`);
}

/**
 * Adds an option one of whose values says that it is not given, as an axis of a grid must be able to.
 * Commander makes an empty text of a value that its parser has none for.
 */
export function addOptionOrNone(command: Command, option: Option, none: string): Command {
  const { parseArg: parser } = option;
  option.argParser((text: string, before: unknown) =>
    text === none ? undefined : parser?.(text, before),
  );
  const unset = (text: unknown) => {
    if (text === none) command.setOptionValue(option.attributeName(), undefined);
  };
  // After commander's own listeners.
  return command
    .addOption(option)
    .on(`option:${option.name()}`, unset)
    .on(`optionEnv:${option.name()}`, unset);
}

/** As the parser, with commander's kind of error. */
export function byParser<T>(parser: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parser(text);
    } catch (error) {
      throw new InvalidArgumentError(FederationError.from(error).message);
    }
  };
}
