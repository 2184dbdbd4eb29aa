/** Numbers on a command line. */
import { InvalidArgumentError } from 'commander';

/** Commander's parser of a whole number in [minimum, maximum]. */
export function wholeNumber(minimum: number, maximum = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= minimum && value <= maximum) {
      return value;
    }
    const range = maximum === Number.MAX_SAFE_INTEGER ? `from ${minimum}` : `${minimum}…${maximum}`;
    throw new InvalidArgumentError(`It must be a whole number ${range}.`);
  };
}

/** Commander's parser of a number above 0, at most `maximum`. */
export function positiveNumber(maximum: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && value > 0 && value <= maximum) return value;
    throw new InvalidArgumentError(`It must be a number above 0, at most ${maximum}.`);
  };
}

/** Commander's parser of layer widths, such as `512,256`. */
export function widths(text: string): number[] {
  return text.split(',').map(wholeNumber(2, 16_384));
}

/** Commander's parser of a number in (0, 1]. */
export const fraction = positiveNumber(1);
