/** `pretrain --federated`: from images dealt to virtual clients to the bytes of an extractor file. */
import { type Dataset, requireImages } from '@fedhybnn/client/node';
import {
  FederationError,
  initialDictionary,
  type LearnedExtractor,
  learnedExtractor,
  taskHash,
} from '@fedhybnn/shared';
import { nameOfDataset, shownDataset } from '../datasets/source.js';
import { partition, shownPartition } from '../partitions/index.js';
import { StateKeeper } from './kept-state.js';
import { type FederatedOptions, panelOf } from './options.js';
import { type DictionaryRound, playDictionary } from './play.js';
import { dictionaryTaskOf } from './task.js';

/** What `pretrain --federated --json` tells besides what `pretrain` does. */
export interface FederatedStatistics {
  readonly clients: number;
  readonly cohort: number;
  readonly panel: number;
  /** All rounds, with those for whitening and thresholds. */
  readonly rounds: number;
  /** Mean squared projection in the last round of k-means. */
  readonly objective: number;
  /** All updates; the state, once for each client of a round. */
  readonly uplinkBytes: number;
  readonly downlinkBytes: number;
}

export interface FederatedPretrained extends LearnedExtractor {
  readonly statistics: FederatedStatistics;
  /** Call it when the file is written: deletes the kept state. */
  discard(): Promise<void>;
}

/**
 * @param note told on each round
 * @param signal stops after the round being played, whose state is kept
 * @throws FederationError `interrupted` where the signal came first
 */
export async function pretrainFederated(
  options: FederatedOptions,
  training: Dataset,
  note: (line: string) => void,
  signal: AbortSignal,
): Promise<FederatedPretrained> {
  const source = requireImages(training);
  const { images } = source;
  const { dataset, bits, clients, cohort, seed } = options;
  const task = dictionaryTaskOf(options, images);
  const dealt = partition(options.partition, source, clients, seed);
  const command = commandOf(options);
  const keeper = new StateKeeper(options.out, command, task, training.sha256);
  const kept = options.resume ? await keeper.read() : undefined;
  if (kept !== undefined) note(`resumed after round ${kept.state.round} from ${keeper.path}`);
  const played: DictionaryRound[] = [...(kept?.rounds ?? [])];
  const state = await playDictionary({
    ...{ task, images, partition: dealt, signal },
    state: kept?.state ?? initialDictionary(task),
    onRound: async (metrics, reached) => {
      played.push(metrics);
      await keeper.keep({ state: reached, rounds: played });
      note(roundLine(metrics));
    },
  });
  if (state.counts === undefined) {
    const text = `stopped after round ${state.round}, kept in ${keeper.path}; the same command with --resume goes on`;
    throw new FederationError('interrupted', text);
  }
  const learned = learnedExtractor(task, state, {
    name: options.name ?? `${nameOfDataset(dataset)}-federated-${bits}`,
    trainedOn: `unlabeled training images of ${shownDataset(dataset)}, learned by a federation of ${clients} clients (${shownPartition(options.partition)}), task ${taskHash(task)}`,
    command,
  });
  const sum = (pick: (round: DictionaryRound) => number) =>
    played.reduce((total, round) => total + pick(round), 0);
  const statistics: FederatedStatistics = {
    ...{ clients, cohort, panel: panelOf(options), rounds: played.length },
    objective: played.findLast(({ objective }) => objective !== null)?.objective ?? 0,
    uplinkBytes: sum(({ uplinkBytes }) => uplinkBytes),
    downlinkBytes: sum(({ downlinkBytes }) => downlinkBytes),
  };
  return { ...learned, statistics, discard: () => keeper.discard() };
}

/** Every setting, in one order: the identity of a kept state. */
function commandOf(options: FederatedOptions): string {
  const { dataset, bits, filters, grid, clients, cohort, rounds, patches, images, seed } = options;
  const how = `--clients ${clients} --cohort ${cohort} --panel ${panelOf(options)} --rounds ${rounds} --patches ${patches} --images ${images} --partition ${shownPartition(options.partition)}`;
  return `fedhybnn-simulate pretrain --federated --dataset ${shownDataset(dataset)} ${how} --bits ${bits} --filters ${filters} --grid ${grid} --seed ${seed}`;
}

function roundLine(metrics: DictionaryRound): string {
  const { round, rounds, stage, objective, counted, uplinkBytes, downlinkBytes } = metrics;
  const kilo = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
  return [
    `round ${round}/${rounds}`,
    stage,
    ...(objective === null ? [] : [`objective ${objective.toFixed(4)}`]),
    `${counted} updates`,
    `${kilo(uplinkBytes)} up`,
    `${kilo(downlinkBytes)} down`,
  ].join('  ');
}
