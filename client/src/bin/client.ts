/** `fedhybnn-client`: takes part in federations without a page. */
import { availableParallelism } from 'node:os';
import { FederationError } from '@fedhybnn/shared';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type DataSpec, parseDataSpec } from '../datasets/index.js';
import {
  createView,
  defaultStateFolder,
  describeSummary,
  quietView,
  runCommand,
  runHeadlessClients,
  tellErrorsInOneLine,
} from '../headless/index.js';

interface JoinCommandOptions {
  readonly data: DataSpec;
  readonly count: number;
  readonly workers?: number;
  readonly code?: string;
  readonly name?: string;
  readonly state: string;
  readonly timeout: number;
  readonly json: boolean;
  readonly quiet: boolean;
}

const program = tellErrorsInOneLine(new Command('fedhybnn-client'))
  .description(
    'Takes part in a federation: trains on data that stay here, sends one bit a parameter',
  )
  .version('0.1.0');

program
  .command('join')
  .description('joins a federation and trains until it ends')
  .argument('<url>', 'address of the coordinator: http://host:8080 or http://host:8080/task')
  .addOption(
    option(
      '--data <spec>',
      'data set, such as mnist:3/10 for the third of ten shards',
      'CLIENT_DATA',
    )
      .argParser(dataOption)
      .makeOptionMandatory(),
  )
  .addOption(
    option('--count <n>', 'clients, each with a shard of its own, from the given one on', 'COUNT')
      .argParser(wholeNumber(1, 10_000))
      .default(1),
  )
  .addOption(
    option(
      '--workers <n>',
      'training threads (default: processors, at most --count)',
      'WORKERS',
    ).argParser(wholeNumber(1, 256)),
  )
  .addOption(option('--code <code>', 'join code, if the task asks for one', 'CODE'))
  .addOption(option('--name <name>', 'id of the client (default: drawn, then remembered)', 'NAME'))
  .addOption(
    option('--state <folder>', 'where clients remember who they are', 'STATE').default(
      defaultStateFolder(),
      '$FEDHYBNN_DATA/clients, or ./data/clients',
    ),
  )
  .addOption(
    option('--timeout <seconds>', 'how long to try a coordinator that does not answer', 'TIMEOUT')
      .argParser(wholeNumber(0, 86_400))
      .default(30),
  )
  .addOption(option('--json', 'print one JSON object as the last line', 'JSON').default(false))
  .addOption(option('--quiet', 'print warnings and errors only', 'QUIET').default(false))
  .action(join);

async function join(url: string, options: JoinCommandOptions): Promise<void> {
  const { data, count, name, state, timeout, code } = options;
  const view = options.quiet ? quietView() : createView(count);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop.abort();
      // Again: at once, without a goodbye.
      process.once(signal, () => process.exit(130));
    });
  }
  try {
    const summary = await runHeadlessClients({
      url,
      data,
      count,
      name,
      joinCode: code,
      workers: options.workers ?? availableParallelism(),
      stateFolder: state,
      firstContactMs: 1000 * timeout,
      onEvent: (slot, event) => view.event(slot, event),
      onWarning: (message) => view.note(`warning: ${message}`),
      signal: stop.signal,
    });
    view.stop();
    if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    else if (!options.quiet) process.stdout.write(`${describeSummary(summary)}\n`);
  } finally {
    view.stop();
  }
}

function option(flags: string, description: string, variable: string): Option {
  return new Option(flags, description).env(`FEDHYBNN_${variable}`);
}

function dataOption(text: string): DataSpec {
  try {
    return parseDataSpec(text);
  } catch (error) {
    throw new InvalidArgumentError(FederationError.from(error).message);
  }
}

function wholeNumber(minimum: number, maximum: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= minimum && value <= maximum) {
      return value;
    }
    throw new InvalidArgumentError(`It must be a whole number ${minimum}…${maximum}.`);
  };
}

await runCommand(program);
