/** Options that several commands share. */
import { FederationError } from '@fedhybnn/shared';
import { InvalidArgumentError, Option } from 'commander';

export const dataOption = () =>
  new Option('--data <folder>', 'folder of all state').env('FEDHYBNN_DATA').default('./data');

export const databaseOption = () =>
  new Option(
    '--database <url>',
    'postgres://… to keep all but the files in PostgreSQL (default: a database in the data folder)',
  ).env('FEDHYBNN_DATABASE');

export const jsonOption = () =>
  new Option('--json', 'print one JSON object a line').env('FEDHYBNN_JSON').default(false);

export const admissionOption = () =>
  new Option('--admission <mode>', 'who may join the task: everybody, or those with a join code')
    .env('FEDHYBNN_ADMISSION')
    .choices(['open', 'code'])
    .default('open');

export function inRange(minimum: number, maximum: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`It must be a number from ${minimum} to ${maximum}.`);
  };
}

export function wholeInRange(minimum: number, maximum: number) {
  const parse = inRange(minimum, maximum);
  return (text: string): number => {
    const value = parse(text);
    if (Number.isInteger(value)) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
  };
}

/** Words for people: one line, not empty. */
export function shortText(text: string): string {
  const trimmed = text.trim();
  if (trimmed.length > 0 && trimmed.length <= 200 && !/\p{Cc}/u.test(trimmed)) return trimmed;
  throw new InvalidArgumentError('It must be one line of 1 to 200 characters.');
}

/** For options that may be given several times, or once with commas. */
export function list(text: string, before: readonly string[] = []): string[] {
  const items = text.split(',').map((item) => item.trim());
  return [...before, ...items.filter((item) => item !== '')];
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** @throws FederationError `unknown-file` */
export function unreadable(what: string, file: string, cause: unknown): FederationError {
  return new FederationError('unknown-file', `${what} ${file}: cannot be read; check the path`, {
    cause,
  });
}
