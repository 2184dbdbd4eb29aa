/** `pretrain --federated`: a dictionary learned by virtual clients from images that they keep. */
import { readFile, rm } from 'node:fs/promises';
import type { Dataset } from '@fedhybnn/client/node';
import { requireImages } from '@fedhybnn/client/node';
import {
  choosePadding,
  type DictionaryState,
  type DictionaryTask,
  decodeDictionaryState,
  dictionaryExtractor,
  dictionaryTaskHash,
  dictionaryTaskSchema,
  encodeDictionaryState,
  FederationError,
  type ImageBatch,
  parse,
} from '@fedhybnn/shared';
import { type Command, Option } from 'commander';
import { type Partition, parsePartition, partition } from '../../partitions/index.js';
import { wholeNumber } from '../../run/numbers.js';
import { writeWhole } from '../../run/write-whole.js';
import { type DictionaryRound, federateDictionary } from './federate-dictionary.js';

export interface FederatedOptions {
  readonly federated: boolean;
  readonly clients: number;
  readonly cohort: number;
  readonly rounds: number;
  readonly patches: number;
  readonly partition: string;
  readonly resume: boolean;
  readonly bits: number;
  readonly filters: number;
  readonly grid: number;
  readonly seed: number;
  readonly out: string;
}

/** What the report says of the federation. */
export interface FederatedStatistics {
  readonly clients: number;
  readonly rounds: number;
  /** Mean |projection| in the last round of k-means. */
  readonly objective: number;
  /** Bytes of all rounds. */
  readonly uplinkBytes: number;
  readonly downlinkBytes: number;
}

const SIDE = 5;
/** Images of a client that count for thresholds. */
const IMAGES = 2000;

const option = (flags: string, description: string, variable: string) =>
  new Option(`--${flags}`, `${description} (patches, federated)`).env(`FEDHYBNN_${variable}`);

export function addFederatedOptions(command: Command): Command {
  const whole = (flags: string, description: string, variable: string, value: number) =>
    option(flags, description, variable).argParser(wholeNumber(1, 1_000_000)).default(value);
  return command
    .addOption(
      new Option(
        '--federated',
        'learn the dictionary by simulated clients that keep their images (patches)',
      )
        .env('FEDHYBNN_FEDERATED')
        .default(false),
    )
    .addOption(whole('clients <n>', 'clients that hold the images', 'CLIENTS', 100))
    .addOption(whole('cohort <n>', 'clients a round', 'COHORT', 10))
    .addOption(whole('rounds <n>', 'rounds of k-means', 'ROUNDS', 10))
    .addOption(whole('patches <n>', 'patches a client draws for a round', 'PATCHES', 600))
    .addOption(
      option(
        'partition <kind>',
        'how the images are dealt: iid, dirichlet:α or classes:k',
        'PARTITION',
      ).default('iid'),
    );
}

/** The options as they were given or by default, for the command in the file. */
export function federatedFlags(options: FederatedOptions): string {
  const { clients, cohort, rounds, patches, partition: dealt } = options;
  return ` --federated --clients ${clients} --cohort ${cohort} --rounds ${rounds} --patches ${patches} --partition ${dealt}`;
}

/**
 * Plays the federation, with its state beside `--out` after every round, to `--resume` from.
 * @throws FederationError `bad-request` naming the option that does not fit
 */
export async function makeFederated(
  options: FederatedOptions,
  training: Dataset,
  notes: { readonly name: string; readonly trainedOn: string; readonly command: string },
) {
  const { images, labels } = requireLabels(training);
  const task = taskOf(options, notes.name, images);
  const dealt = partition(parsePartition(options.partition), labels, options.clients, options.seed);
  const from = await readState(options, task);
  const totals = { uplinkBytes: 0, downlinkBytes: 0, objective: 0 };
  const state = await federateDictionary({
    ...{ task, clients: options.clients, cohort: options.cohort, from },
    imagesOf: imagesOf(images, dealt),
    async onRound(next, round) {
      totals.uplinkBytes += round.uplinkBytes;
      totals.downlinkBytes += round.downlinkBytes;
      totals.objective = round.objective ?? totals.objective;
      await writeWhole(statePath(options), savedState(task, next));
      process.stderr.write(`${lineOf(round)}\n`);
    },
  });
  const { file, chosen } = dictionaryExtractor(task, state, notes);
  const statistics: FederatedStatistics = {
    ...{ clients: options.clients, rounds: state.round, ...totals },
  };
  return { file, chosen, statistics };
}

export async function removeState(options: FederatedOptions): Promise<void> {
  await rm(statePath(options), { force: true });
}

function requireLabels(training: Dataset) {
  const { images } = requireImages(training);
  if ('labels' in training) return { images, labels: training.labels };
  throw new FederationError(
    'bad-request',
    '--federated: --partition deals images by their class, but these have several labels each; take another --dataset',
  );
}

function taskOf(options: FederatedOptions, name: string, images: ImageBatch): DictionaryTask {
  const { width, height, channels } = images;
  const { filters, grid, bits, rounds, patches, seed } = options;
  const padding = choosePadding(images, SIDE, grid);
  return parse(
    dictionaryTaskSchema,
    {
      ...{ kind: 'dictionary', id: name, input: { width, height, channels } },
      dictionary: { size: SIDE, filters, padding, grid, bits },
      federation: { rounds, patches, images: IMAGES, seed },
    },
    'pretrain --federated',
  );
}

/** Copies a client's images when they are asked for. */
function imagesOf(images: ImageBatch, dealt: Partition): (client: number) => ImageBatch {
  const bytes = images.width * images.height * images.channels;
  return (client) => {
    const rows = dealt[client];
    const pixels = new Uint8Array(rows.length * bytes);
    rows.forEach((row, i) => {
      pixels.set(images.pixels.subarray(row * bytes, (row + 1) * bytes), i * bytes);
    });
    return { ...images, count: rows.length, pixels };
  };
}

function statePath({ out }: FederatedOptions): string {
  return `${out}.state.json`;
}

/** A line that names the task, and the state. */
function savedState(task: DictionaryTask, state: DictionaryState): Uint8Array {
  const line = new TextEncoder().encode(`${dictionaryTaskHash(task)}\n`);
  const bytes = encodeDictionaryState(state);
  const all = new Uint8Array(line.length + bytes.length);
  all.set(line);
  all.set(bytes, line.length);
  return all;
}

async function readState(
  options: FederatedOptions,
  task: DictionaryTask,
): Promise<DictionaryState | undefined> {
  const path = statePath(options);
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await readFile(path));
  } catch (cause) {
    if (!options.resume) return undefined;
    throw new FederationError(
      'bad-request',
      `--resume: no state can be read at ${path}; leave --resume out to start anew`,
      { cause },
    );
  }
  if (!options.resume) {
    throw new FederationError(
      'bad-request',
      `--out: an interrupted federation left ${path}; give --resume to go on with it, or delete it`,
    );
  }
  const end = bytes.indexOf('\n'.charCodeAt(0));
  const hash = new TextDecoder().decode(bytes.subarray(0, Math.max(0, end)));
  if (hash !== dictionaryTaskHash(task)) {
    throw new FederationError(
      'bad-request',
      `${path} is of another federation; give the same options and data, or delete it`,
    );
  }
  return decodeDictionaryState(bytes.subarray(end + 1), task, path);
}

const DONE = { moments: 'whitening', centroids: 'centroids', thresholds: 'thresholds' } as const;

function lineOf({ round, rounds, phase, objective, uplinkBytes, downlinkBytes }: DictionaryRound) {
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;
  const parts = [
    `round ${round}/${rounds}`,
    DONE[phase],
    ...(objective === null ? [] : [`mean projection ${objective.toFixed(4)}`]),
    `${kilobytes(uplinkBytes)} up`,
    `${kilobytes(downlinkBytes)} down`,
  ];
  return parts.join('  ');
}
