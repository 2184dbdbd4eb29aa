/**
 * `fedhybnn-simulate task`: what a coordinator needs to play for real what `run` has simulated: the
 * task document, its extractor, and the labeled bits of the central evaluation.
 */
import { join } from 'node:path';
import {
  checkHead,
  checkRobust,
  encodeBitsFile,
  FederationError,
  loadExtractor,
  parse,
  type Task,
  taskHash,
  taskSchema,
} from '@fedhybnn/shared';
import { type Command, Option } from 'commander';
import { loadBothSplits } from '../datasets/source.js';
import { extractorFileFor } from '../run/fit-extractor.js';
import { latentSamples } from '../run/latent-samples.js';
import { positiveNumber } from '../run/numbers.js';
import { addRunOptions, type RunOptions } from '../run/options.js';
import { createProgress } from '../run/progress.js';
import { taskOf } from '../run/run.js';
import { writeWhole } from '../run/write-whole.js';

export interface TaskCommandOptions extends RunOptions {
  readonly id?: string;
  readonly title?: string;
  readonly description?: string;
  readonly gather: number;
}

/** Options of `run` that say how to simulate, not what to learn. */
const OF_SIMULATION = new Set([
  ...['clients', 'partition', 'featureSkew', 'drift', 'driftSpan', 'driftPeriod', 'naturalColumn'],
  ...['devices', 'availability', 'dropout', 'stragglers', 'aggregation'],
  ...['personalize', 'personalizeEpochs', 'personalizeRate'],
  ...['attack', 'evaluateOn', 'evaluateEvery', 'mode', 'workers', 'out', 'initFrom'],
  ...['samplesPerClient', 'resume', 'checkpointEvery'],
]);
/** People are waited for so many seconds, unless they ask for more. */
const USUAL_DEADLINE = 60;

export function registerTaskCommand(program: Command): void {
  const command = program
    .command('task')
    .description(
      'writes what a coordinator needs to play a federation: task.json, extractor.fhx, test.bits; takes what "run" takes',
    );
  addRunOptions(command);
  for (const option of command.options) {
    if (OF_SIMULATION.has(option.attributeName())) option.hidden = true;
    if (option.attributeName() === 'deadline') option.default(USUAL_DEADLINE);
  }
  command
    .addOption(
      new Option('--folder <folder>', 'where to write').env('FEDHYBNN_FOLDER').default('task'),
    )
    .addOption(
      new Option('--id <name>', 'name in addresses: small letters, digits, hyphens').env(
        'FEDHYBNN_ID',
      ),
    )
    .addOption(new Option('--title <text>', 'what people read').env('FEDHYBNN_TITLE'))
    .addOption(
      new Option('--description <text>', 'what is learned, in a sentence').env(
        'FEDHYBNN_DESCRIPTION',
      ),
    )
    .addOption(
      new Option('--gather <seconds>', 'how long a round waits for more than the minimum')
        .env('FEDHYBNN_GATHER')
        .argParser(positiveNumber(86_400))
        .default(5),
    )
    .action(async ({ folder, ...options }: TaskCommandOptions & { readonly folder: string }) => {
      const { task, bytes } = await writeTask(options, folder);
      const { id } = task;
      const summary = { folder, id, hash: taskHash(task), bytes };
      process.stdout.write(
        options.json
          ? `${JSON.stringify(summary)}\n`
          : `Task ${id} is in ${folder}. Next:\n  npx fedhybnn-coordinator create-task ${join(folder, 'task.json')} --extractor ${join(folder, 'extractor.fhx')} --evaluation ${join(folder, 'test.bits')}\n`,
      );
    });
}

/** @throws FederationError `bad-request`, `dataset-missing`, `data-folder` */
export async function writeTask(
  options: TaskCommandOptions,
  folder: string,
): Promise<{ task: Task; bytes: number }> {
  if (options.initFrom !== undefined) {
    throw new FederationError(
      'bad-request',
      '--init-from: a task makes its first model of its seed alone and can name no other; leave it out',
    );
  }
  const { train, test: testSet } = await loadBothSplits(options);
  const extractorFile = await extractorFileFor(options, train);
  const extractor = await loadExtractor(extractorFile);
  const task = forPeople(taskOf(options, train, extractor), options);
  checkHead(task);
  checkRobust(task);
  const progress = createProgress();
  const { test } = await latentSamples(extractor, train, testSet, options, progress);
  extractor.dispose();
  const files = {
    'extractor.fhx': extractorFile,
    'test.bits': encodeBitsFile(test, task.labels.length),
    'task.json': new TextEncoder().encode(`${JSON.stringify(task, null, 2)}\n`),
  };
  for (const [name, content] of Object.entries(files))
    await writeWhole(join(folder, name), content);
  return { task, bytes: Object.values(files).reduce((sum, { length }) => sum + length, 0) };
}

/** A round waits for real clients as a simulation never has to. */
function forPeople(task: Task, options: TaskCommandOptions): Task {
  const { cohort, deadline = USUAL_DEADLINE, gather } = options;
  const { minimum = Math.ceil(cohort / 2) } = options;
  const { id = task.id, title = task.title, description = task.description } = options;
  return parse(
    taskSchema,
    {
      ...{ ...task, id, title, description },
      federation: {
        ...task.federation,
        ...{ ready: cohort, minimum },
        deadlineMs: Math.round(1000 * deadline),
        gatherMs: Math.round(1000 * gather),
      },
    },
    'task',
  );
}
