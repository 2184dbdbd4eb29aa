/** How this program defines an option. */
import { FederationError } from '@fedhybnn/shared';
import { InvalidArgumentError, Option } from 'commander';

/** An option that can also be given as `FEDHYBNN_<variable>`. */
export function option(flags: string, description: string, variable: string): Option {
  return new Option(flags, description).env(`FEDHYBNN_${variable}`);
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
