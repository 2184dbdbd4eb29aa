/**
 * Settings: options of `run` by their names in camelCase, each as a user would write it on a command
 * line (`learningRate: '0.01'`, `partition: 'dirichlet:0.3'`). The options are the only schema: what
 * a part of the simulator adds to the command can be set in a file at once.
 */
import { FederationError } from '@fedhybnn/shared';
import { Command, CommanderError, type Option } from 'commander';
import { distance } from 'fastest-levenshtein';
import { addRunOptions, type RunOptions } from './options.js';

/** A text; true and false for options without a value. */
export type SettingValue = string | boolean;
export type Settings = Readonly<Record<string, SettingValue>>;

/** What a command line says of one run only, so that a file must not. */
const COMMAND_LINE_ONLY: readonly string[] = ['json', 'out', 'open', 'resume', 'tensorboard'];
/** What has no influence on a run's result. */
const WITHOUT_INFLUENCE: readonly string[] = [...COMMAND_LINE_ONLY, 'workers', 'checkpointEvery'];

/** The options of `run`, without the environment: a file means what it says on every machine. */
function runCommand(): Command {
  const command = addRunOptions(new Command('run'))
    .exitOverride()
    .configureOutput({ outputError: () => {}, writeErr: () => {} });
  for (const option of command.options) delete option.envVar;
  return command;
}

function settable({ options }: Command): Map<string, Option> {
  return new Map(
    options
      .filter((option) => !option.negate && !COMMAND_LINE_ONLY.includes(option.attributeName()))
      .map((option) => [option.attributeName(), option]),
  );
}

/** Names of all settings. */
export function settingNames(): string[] {
  return [...settable(runCommand()).keys()];
}

/** The nearest of some names, such as for "did you mean"; none where all are far. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const wanted = plain(name);
  const [best] = names
    .map((other) => ({ other, far: distance(wanted, plain(other)) }))
    .sort((a, b) => a.far - b.far);
  return best !== undefined && best.far <= Math.max(2, wanted.length / 3) ? best.other : undefined;
}

/**
 * @param others names that could have been meant as well
 * @throws FederationError `unknown-option` saying which name was meant
 */
export function checkSettingName(key: string, others: readonly string[] = []): void {
  const names = settingNames();
  if (!names.includes(key)) throw unknownSetting(key, [...names, ...others]);
}

/**
 * One setting, as its option takes it.
 * @throws FederationError `bad-request` saying what the setting may be, or which was meant
 */
export function checkSetting(key: string, value: SettingValue): void {
  const options = settable(runCommand());
  const option = options.get(key);
  if (option === undefined) throw unknownSetting(key, [...options.keys()]);
  if (typeof value === 'boolean') {
    if (option.isBoolean() || option.optional) return;
    throw new FederationError('bad-request', `"${key}" needs a value: ${option.description}`);
  }
  if (option.isBoolean()) {
    throw new FederationError('bad-request', `"${key}: ${value}" must be true or false`);
  }
  try {
    option.parseArg?.(value, undefined);
  } catch (thrown) {
    const error = FederationError.from(thrown);
    throw new FederationError('bad-request', `"${key}: ${value}": ${error.message}`, {
      cause: thrown,
    });
  }
}

function unknownSetting(key: string, names: readonly string[]): FederationError {
  if (COMMAND_LINE_ONLY.includes(key)) {
    return new FederationError(
      'bad-request',
      `"${key}" belongs on the command line, as --${key}; remove it from the file`,
    );
  }
  const near = nearestName(key, names);
  const remedy =
    near === undefined
      ? 'fedhybnn-simulate run --help lists the options; here they are written in camelCase'
      : `did you mean "${near}"?`;
  return new FederationError('unknown-option', `there is no setting "${key}"; ${remedy}`);
}

/**
 * The options that settings stand for, with the defaults of all others.
 * @throws FederationError `bad-request` where settings don't go together
 */
export function optionsOf(settings: Settings): RunOptions {
  const command = runCommand();
  try {
    command.parse(argumentsOf(command, settings), { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    throw new FederationError('bad-request', thrown.message.replace(/^error: /, ''), {
      cause: thrown,
    });
  }
  return command.opts<RunOptions>();
}

function argumentsOf(command: Command, settings: Settings): string[] {
  return Object.entries(settings).flatMap(([key, value]) => {
    const own = command.options.filter((option) => option.attributeName() === key);
    const option = own.find(({ negate }) => negate === (value === false));
    // False is what an option without a value has by itself, unless there is a --no-… for it.
    if (option?.long == null) return [];
    return typeof value === 'string' ? [`${option.long}=${value}`] : [option.long];
  });
}

/** Without what belongs on a command line only. */
export function settingsOnly(given: Settings): Settings {
  return Object.fromEntries(
    Object.entries(given).filter(([key]) => !COMMAND_LINE_ONLY.includes(key)),
  );
}

/** The command line of a run with these settings. */
export function commandLineOf(settings: Settings): string {
  const words = argumentsOf(runCommand(), settings).flatMap((word) => {
    const [, name, value] = /^(--[\w-]+)=([\s\S]*)$/.exec(word) ?? [];
    return name === undefined ? [word] : [name, /^[\w.,:/+-]+$/.test(value) ? value : `'${value}'`];
  });
  return ['npx fedhybnn-simulate run', ...words].join(' ');
}

/** Settings with those that were not given at their defaults; what has none stays away. */
export function completed(settings: Settings): Settings {
  const defaults = [...settable(runCommand())].flatMap(([key, option]) => {
    const value = option.defaultValueDescription ?? option.defaultValue;
    return value === undefined ? [] : [[key, typeof value === 'boolean' ? value : String(value)]];
  });
  return { ...Object.fromEntries(defaults), ...settings };
}

/** Settings without those that stand at their defaults. */
export function withoutDefaults(settings: Settings): Settings {
  const defaults = completed({});
  return Object.fromEntries(
    Object.entries(settings).filter(([key, value]) => defaults[key] !== value),
  );
}

/** Those that a run's result depends on, in an order that is always the same. */
export function withInfluence(settings: Settings): Settings {
  return Object.fromEntries(
    Object.entries(completed(settings))
      .filter(([key]) => !WITHOUT_INFLUENCE.includes(key))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** The options that a run's result depends on. */
export function influential(options: RunOptions): Partial<RunOptions> {
  return Object.fromEntries(
    Object.entries(options).filter(([key]) => !WITHOUT_INFLUENCE.includes(key)),
  );
}

/**
 * Follows what a command is given, by arguments and environment, as settings.
 * @returns filled while the command line is parsed
 */
export function recordGiven(command: Command): Record<string, SettingValue> {
  const given: Record<string, SettingValue> = {};
  for (const option of command.options) {
    const key = option.attributeName();
    const take = (value: unknown) => {
      given[key] = typeof value === 'string' ? value : !option.negate;
    };
    command.on(`option:${option.name()}`, take);
    command.on(`optionEnv:${option.name()}`, take);
  }
  return given;
}
