/** `fedhybnn-coordinator`: serve, verify, create-task, export; more in `access.ts`, `backup.ts`. */
import { readFile, writeFile } from 'node:fs/promises';
import {
  type AdmissionMode,
  FederationError,
  parseJson,
  type Task,
  taskSchema,
} from '@fedhybnn/shared';
import { Command, Option } from 'commander';
import type { TaskFiles } from '../coordinator/create-task.js';
import { createTaskInFolder, exportModel } from '../folder-commands.js';
import { DEFAULT_LIMITS } from '../security/limits.js';
import { verifyFolder } from '../verify-folder.js';
import { addAccessCommands } from './access.js';
import { addBackupCommands } from './backup.js';
import {
  admissionOption,
  databaseOption,
  dataOption,
  inRange,
  jsonOption,
  list,
  print,
  shortText,
  unreadable,
  wholeInRange,
} from './options.js';
import { runCommand, tellErrorsInOneLine } from './run-command.js';
import { serve } from './serve.js';

const extractorOption = (description: string) =>
  new Option('--extractor <file>', description).env('FEDHYBNN_EXTRACTOR');
const evaluationOption = (description: string) =>
  new Option('--evaluation <file>', description).env('FEDHYBNN_EVALUATION');

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
  .addOption(admissionOption())
  .addOption(
    new Option(
      '--keep-rounds <n>',
      'published rounds that keep updates, steps and snapshots; older ones keep the journal (default: all)',
    )
      .env('FEDHYBNN_KEEP_ROUNDS')
      .argParser(wholeInRange(1, 1_000_000)),
  )
  .addOption(
    new Option('--run-by <text>', 'who runs this, in words that participants read on the join page')
      .env('FEDHYBNN_RUN_BY')
      .argParser(shortText),
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
    new Option('--tls-cert <file>', 'certificate, PEM, for HTTPS; SIGHUP reads it again').env(
      'FEDHYBNN_TLS_CERT',
    ),
  )
  .addOption(
    new Option('--tls-key <file>', 'private key of --tls-cert, PEM').env('FEDHYBNN_TLS_KEY'),
  )
  .addOption(
    new Option(
      '--tls <kind>',
      'HTTPS with a certificate of its own, for phones in the same network',
    )
      .env('FEDHYBNN_TLS')
      .choices(['self-signed']),
  )
  .addOption(
    new Option(
      '--trust-proxy <addresses>',
      'proxies that say for whom they speak: addresses, networks, or loopback',
    )
      .env('FEDHYBNN_TRUST_PROXY')
      .argParser(list),
  )
  .addOption(
    new Option(
      '--allow-origin <origins>',
      'sites whose pages may join, such as https://example.org',
    )
      .env('FEDHYBNN_ALLOW_ORIGIN')
      .argParser(list),
  )
  .addOption(
    limitOption(
      '--request-rate <n>',
      'REQUEST_RATE',
      'HTTP requests of one address in a minute',
    ).default(DEFAULT_LIMITS.requestRate),
  )
  .addOption(
    limitOption(
      '--join-rate <n>',
      'JOIN_RATE',
      'clients that join from one address in a minute',
    ).default(DEFAULT_LIMITS.joinRate),
  )
  .addOption(
    limitOption(
      '--sockets-per-address <n>',
      'SOCKETS_PER_ADDRESS',
      'open sockets of one address',
    ).default(DEFAULT_LIMITS.socketsPerAddress),
  )
  .addOption(
    limitOption('--max-sockets <n>', 'MAX_SOCKETS', 'open sockets of all').default(
      DEFAULT_LIMITS.sockets,
    ),
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
  .action(async ({ task, extractor, evaluation, admission, ...options }) => {
    const first =
      task === undefined ? undefined : await readTask(task, extractor, evaluation, admission);
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
  .addOption(admissionOption())
  .addOption(dataOption())
  .addOption(databaseOption())
  .addOption(jsonOption())
  .action(async (file, { extractor, evaluation, admission, data, database, json }) => {
    const { task, files } = await readTask(file, extractor, evaluation, admission);
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

function limitOption(flags: string, variable: string, what: string): Option {
  return new Option(flags, `${what}; 0 for any number`)
    .env(`FEDHYBNN_${variable}`)
    .argParser(wholeInRange(0, 10_000_000));
}

async function readTask(
  file: string,
  extractor: string | undefined,
  evaluation: string | undefined,
  admission: AdmissionMode,
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
      admission,
    },
  };
}

async function readInput(file: string, what: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (cause) {
    throw unreadable(what, file, cause);
  }
}

addAccessCommands(program);
addBackupCommands(program, VERSION);
await runCommand(program);
