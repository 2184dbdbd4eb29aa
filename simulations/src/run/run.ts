/** `fedhybnn-simulate run`: from options to a summary. */
import { cachedLatentBits, type ImageDataset, loadMnist } from '@fedhybnn/client/node';
import {
  checkHead,
  describeHead,
  type Extractor,
  FederationError,
  type LabeledBits,
  loadExtractor,
  mnistTask,
  type Task,
} from '@fedhybnn/shared';
import { simulateInProcess } from '../engine/in-process.js';
import type { Simulation } from '../engine/simulation.js';
import { partition } from '../partitions/index.js';
import { simulateOverSockets } from '../wire/over-sockets.js';
import { readExtractorFile } from './extractor-source.js';
import type { RunOptions } from './options.js';
import type { Progress } from './progress.js';
import { RunFolder } from './run-folder.js';
import { type RunSummary, summarize } from './summary.js';

/** @param signal stops the run after the round being played; the summary covers what was published */
export async function run(
  options: RunOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<RunSummary> {
  if (options.cohort > options.clients) {
    throw new FederationError(
      'bad-request',
      `--cohort ${options.cohort}: must be at most --clients (${options.clients})`,
    );
  }
  const extractorFile = await readExtractorFile(options.extractor);
  const extractor = await loadExtractor(extractorFile);
  const task = taskOf(options, extractor);
  checkHead(task);
  const training = await latentBits(extractor, 'train', progress);
  const test = await latentBits(extractor, 'test', progress);
  extractor.dispose();
  const folder = options.out === undefined ? undefined : await RunFolder.create(options.out);
  const simulation: Simulation = {
    task,
    extractorFile,
    training,
    test,
    partition: partition(options.partition, training.labels, options.clients, options.seed),
    workers: options.workers,
    signal,
    onRound: (metrics) => {
      progress.round(metrics);
      folder?.add(metrics);
    },
  };
  for (const { name, inputs, neurons, parameters, weightBytes } of describeHead(task)) {
    const trained = parameters === 0 ? 'fixed' : `${parameters.toLocaleString('en')} parameters`;
    progress.note(`${name}: ${inputs} → ${neurons}, ${trained}, ${weightBytes} bytes of weights`);
  }
  progress.start(options.rounds);
  try {
    const result =
      options.mode === 'wire'
        ? await simulateOverSockets(simulation)
        : await simulateInProcess(simulation);
    const summary = summarize(options, result);
    await folder?.finish(options, task, summary);
    return summary;
  } finally {
    progress.stop();
  }
}

function taskOf(options: RunOptions, extractor: Extractor): Task {
  const task = mnistTask({
    extractor: { sha256: extractor.sha256, kind: extractor.kind, bits: extractor.bits },
    hidden: options.hidden,
    rule: options.rule,
    training: { epochs: options.epochs, batch: options.batch },
    federation: {
      rounds: options.rounds,
      goal: options.cohort,
      minimum: options.cohort,
      // Every virtual client is there before the first cohort is drawn: cohorts are then the same
      // over sockets, whatever the order in which clients connect.
      ready: options.clients,
      gatherMs: 86_400_000,
      deadlineMs: 86_400_000,
      seed: options.seed,
    },
  });
  return { ...task, head: { ...task.head, outputLayer: options.outputLayer } };
}

async function latentBits(
  extractor: Extractor,
  split: 'train' | 'test',
  progress: Progress,
): Promise<LabeledBits> {
  const dataset: ImageDataset = await loadMnist({ split });
  let told = -1;
  const bits = await cachedLatentBits({
    extractor,
    dataset,
    onProgress: (done) => {
      const tenth = Math.floor(10 * done);
      if (tenth === told) return;
      told = tenth;
      progress.note(`extracting latent bits (${split}): ${10 * tenth} %`);
    },
  });
  return { bits, labels: dataset.labels };
}
