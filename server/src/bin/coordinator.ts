/** `fedhybnn-coordinator`: serve, verify, create-task, export, backup, restore. */
import { readFile, writeFile } from 'node:fs/promises';
import { FederationError, parseJson, type Task, taskSchema } from '@fedhybnn/shared';
import { Command, InvalidArgumentError, Option } from 'commander';
import { backUp } from '../backup/backup.js';
import { restore } from '../backup/restore.js';
import type { TaskFiles } from '../coordinator/create-task.js';
import { createTaskInFolder, exportModel } from '../folder-commands.js';
import { verifyFolder } from '../verify-folder.js';
import { runCommand, tellErrorsInOneLine } from './run-command.js';
import { serve } from './serve.js';

const dataOption = () =>
  new Option('--data <folder>', 'folder of all state').env('FEDHYBNN_DATA').default('./data');
const databaseOption = () =>
  new Option(
    '--database <url>',
    'postgres://… to keep all but the files in PostgreSQL (default: a database in the data folder)',
  ).env('FEDHYBNN_DATABASE');
const jsonOption = () =>
  new Option('--json', 'print one JSON object a line').env('FEDHYBNN_JSON').default(false);
const extractorOption = (description: string) =>
  new Option('--extractor <file>', description).env('FEDHYBNN_EXTRACTOR');
const evaluationOption = (description: string) =>
  new Option('--evaluation <file>', description).env('FEDHYBNN_EVALUATION');

function inRange(minimum: number, maximum: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`It must be a number from ${minimum} to ${maximum}.`);
  };
}

function wholeInRange(minimum: number, maximum: number) {
  const parse = inRange(minimum, maximum);
  return (text: string): number => {
    const value = parse(text);
    if (Number.isInteger(value)) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
  };
}

const VERSION = '0.1.0';

const program = tellErrorsInOneLine(new Command('fedhybnn-coordinator'))
  .description('Coordinates federations of hybrid binary networks')
  .version(VERSION);

program
  .command('serve')
  .description('runs the coordinator until it is stopped')
  .addOption(
    new Option('--port <n>', 'port')
      .env('FEDHYBNN_PORT')
      .argParser(inRange(0, 65_535))
      .default(8080),
  )
  .addOption(
    new Option('--host <address>', 'address to listen on').env('FEDHYBNN_HOST').default('0.0.0.0'),
  )
  .addOption(dataOption())
  .addOption(databaseOption())
  .addOption(
    new Option('--task <file>', 'create this task first, if it is not there yet').env(
      'FEDHYBNN_TASK',
    ),
  )
  .addOption(extractorOption('extractor file of --task'))
  .addOption(evaluationOption('labeled bits for the central evaluation of --task'))
  .addOption(
    new Option(
      '--keep-rounds <n>',
      'published rounds that keep updates, steps and snapshots; older ones keep the journal (default: all)',
    )
      .env('FEDHYBNN_KEEP_ROUNDS')
      .argParser(wholeInRange(1, 1_000_000)),
  )
  .addOption(
    new Option('--token-hours <n>', 'how long a client token lasts')
      .env('FEDHYBNN_TOKEN_HOURS')
      .argParser(inRange(0.0001, 8760))
      .default(24),
  )
  .addOption(
    new Option(
      '--metrics-token <text>',
      'bearer token that /metrics asks for (default: none, and this machine only)',
    ).env('FEDHYBNN_METRICS_TOKEN'),
  )
  .addOption(
    new Option('--log-level <level>', 'how much is logged')
      .env('FEDHYBNN_LOG_LEVEL')
      .choices(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
      .default('info'),
  )
  .addOption(
    new Option('--exit-when-ended', 'stop when all federations have ended')
      .env('FEDHYBNN_EXIT_WHEN_ENDED')
      .default(false),
  )
  .addOption(jsonOption())
  .action(async ({ task, extractor, evaluation, ...options }) => {
    const first = task === undefined ? undefined : await readTask(task, extractor, evaluation);
    await serve({ ...options, first });
  });

program
  .command('verify')
  .description('replays the journal and compares every published model bit for bit')
  .addOption(dataOption())
  .addOption(databaseOption())
  .addOption(new Option('--task <id>', 'only this task').env('FEDHYBNN_TASK_ID'))
  .addOption(jsonOption())
  .action(async ({ data, database, task, json }) => {
    const reports = await verifyFolder(data, task, database);
    for (const report of reports) {
      const { rounds, forgotten, updates, waiting, model } = report;
      const chained =
        forgotten === 0 ? '' : `; ${forgotten} older ones, forgotten, verified by the hash chain`;
      print(
        json
          ? JSON.stringify(report)
          : `${report.task}: ${rounds} rounds replayed, every model equal bit for bit${chained}; ${updates} updates counted; ${waiting} updates wait for the next round; model ${model}`,
      );
    }
    if (reports.length === 0 && !json) print('No tasks in this folder.');
  });

program
  .command('create-task')
  .description('puts a task into the data folder; a running coordinator finds it within seconds')
  .argument('<file>', 'task document, JSON')
  .addOption(extractorOption('the extractor file that the task names').makeOptionMandatory())
  .addOption(evaluationOption('labeled bits for the central evaluation'))
  .addOption(dataOption())
  .addOption(databaseOption())
  .addOption(jsonOption())
  .action(async (file, { extractor, evaluation, data, database, json }) => {
    const { task, files } = await readTask(file, extractor, evaluation);
    const record = await createTaskInFolder({ data, database }, task, files);
    print(json ? JSON.stringify(record) : `Task ${record.id} is in ${data} (hash ${record.hash}).`);
  });

program
  .command('export')
  .description('writes the latest model of a task to a file')
  .addOption(
    new Option('--format <format>', 'the model with its latents, or the head that devices run')
      .choices(['model', 'head'])
      .env('FEDHYBNN_FORMAT')
      .default('model'),
  )
  .addOption(new Option('--task <id>', 'task').env('FEDHYBNN_TASK_ID').makeOptionMandatory())
  .addOption(new Option('--out <file>', 'file to write').env('FEDHYBNN_OUT').makeOptionMandatory())
  .addOption(dataOption())
  .addOption(databaseOption())
  .addOption(jsonOption())
  .action(async ({ task, format, out, data, database, json }) => {
    const { bytes, round, model } = await exportModel({ data, database }, task, format);
    await writeFile(out, bytes).catch((cause) => {
      throw new FederationError('data-folder', `--out ${out}: cannot be written`, { cause });
    });
    print(
      json
        ? JSON.stringify({ task, round, model, format, out })
        : `${format === 'head' ? 'Head' : 'Model'} of round ${round} written to ${out} (${model}).`,
    );
  });

program
  .command('backup')
  .description('copies all state to a new folder, beside a running coordinator or without one')
  .addOption(
    new Option('--out <folder>', 'folder to make').env('FEDHYBNN_OUT').makeOptionMandatory(),
  )
  .addOption(dataOption())
  .addOption(databaseOption())
  .addOption(jsonOption())
  .action(async ({ out, data, database, json }) => {
    const { tasks, files, createdAt } = await backUp({ data, database }, out, VERSION);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    if (json) print(JSON.stringify({ out, createdAt, tasks, files: files.length, bytes }));
    else print(`${files.length} files (${bytes} bytes) are in ${out}. ${asList(tasks)}`);
  });

program
  .command('restore')
  .description('makes a backup the state of a coordinator, in a database of either kind')
  .addOption(
    new Option('--from <folder>', 'folder that backup wrote')
      .env('FEDHYBNN_FROM')
      .makeOptionMandatory(),
  )
  .addOption(dataOption())
  .addOption(databaseOption())
  .addOption(jsonOption())
  .action(async ({ from, data, database, json }) => {
    const reports = await restore(from, { data, database });
    const tasks = reports.map(({ task, rounds, forgotten, model }) => ({
      ...{ id: task, round: rounds + forgotten, model },
    }));
    if (json) print(JSON.stringify({ data, tasks }));
    else print(`${data} is restored and verified. ${asList(tasks)}`);
  });

function asList(tasks: readonly { readonly id: string; readonly round: number }[]): string {
  return tasks.map(({ id, round }) => `${id}: ${round} rounds.`).join(' ');
}

async function readTask(
  file: string,
  extractor: string | undefined,
  evaluation: string | undefined,
): Promise<{ task: Task; files: TaskFiles }> {
  if (extractor === undefined) {
    throw new FederationError(
      'bad-request',
      '--task needs --extractor, the file that the task names',
    );
  }
  const text = new TextDecoder().decode(await readInput(file, 'task file'));
  return {
    task: parseJson(taskSchema, text, `task file ${file}`),
    files: {
      extractor: await readInput(extractor, '--extractor'),
      evaluation:
        evaluation === undefined ? undefined : await readInput(evaluation, '--evaluation'),
    },
  };
}

async function readInput(file: string, what: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (cause) {
    throw new FederationError('unknown-file', `${what} ${file}: cannot be read; check the path`, {
      cause,
    });
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await runCommand(program);
