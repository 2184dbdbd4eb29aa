/** `fedhybnn-simulate run`: from options to a summary. */
import { type Dataset, samplesOf } from '@fedhybnn/client/node';
import {
  type ConvolutionSettings,
  checkHead,
  checkRobust,
  classificationTask,
  createEvaluator,
  describeHead,
  type Extractor,
  FederationError,
  loadExtractor,
  OPTIMIZER_DEFAULTS,
  type Task,
  type TaskOptions,
} from '@fedhybnn/shared';
import { analyzeModel, createRoundObserver } from '../analysis/index.js';
import {
  behaviorOf,
  behaviorSummary,
  bufferedSettings,
  roundSettings,
} from '../behaviors/index.js';
import { simulateInProcess } from '../engine/in-process.js';
import type { Simulation } from '../engine/simulation.js';
import { dealDataset, seenByClients, writePartitionPictures } from '../partitions/index.js';
import { checkPersonalize, HoldingOut, personalizeRun } from '../personal/index.js';
import { TensorBoard } from '../tensorboard/board.js';
import { simulateOverSockets } from '../wire/over-sockets.js';
import { attacked } from './attacked.js';
import { checkOptions } from './check-options.js';
import { trainingRows } from './hold-out.js';
import { readInitialModel } from './initial-model.js';
import { KeptData } from './kept-data.js';
import { latentSamples } from './latent-samples.js';
import { multiLabelSummary } from './multi-label-summary.js';
import type { RunOptions } from './options.js';
import type { Progress } from './progress.js';
import { ruleSettings } from './rule-settings.js';
import { RunFolder } from './run-folder.js';
import type { Settings } from './settings.js';
import { startingModel } from './starting-model.js';
import { subjectOf, usualLoss } from './subject.js';
import { type RunSummary, summarize } from './summary.js';

/** What a run stands in. */
export interface RunContext {
  /** What the options were given as; the run folder keeps it. */
  readonly settings?: Settings;
  /** Data of the runs before it. */
  readonly kept?: KeptData;
}

/** @param signal stops the run after the round being played; the summary covers what was published */
export async function run(
  options: RunOptions,
  progress: Progress,
  signal: AbortSignal,
  { settings = {}, kept = new KeptData() }: RunContext = {},
): Promise<RunSummary> {
  checkOptions(options);
  const { train: trainingSet, test: testSet } = await kept.bothSplits(options);
  const count = trainingRows(samplesOf(trainingSet).count, options.evaluateOn);
  const whole = dealDataset(trainingSet, count, options);
  const split =
    options.personalize === undefined ? undefined : new HoldingOut(whole, count, options.seed);
  const dealt = split ?? whole;
  const seen = seenByClients(trainingSet, dealt, options);
  const extractorFile = await kept.extractorFile(options, trainingSet);
  const extractor = await loadExtractor(extractorFile);
  const task = taskOf(options, trainingSet, extractor);
  checkHead(task);
  checkRobust(task);
  if (split !== undefined) checkPersonalize(task);
  const given =
    options.initFrom === undefined ? undefined : await readInitialModel(options.initFrom);
  const initial = given && startingModel(given, task);
  if (given !== undefined && given.task === undefined) {
    progress.note(
      `--init-from ${given.path}: no run.json of it lies beside; only its size is checked`,
    );
  }
  const { training, test } = await latentSamples(
    ...([extractor, seen, testSet, options, progress] as const),
    (...which) => kept.latentBits(...which),
  );
  const samples = await attacked(
    options,
    task,
    { training, partition: dealt },
    { trainingSet: seen, testSet, extractor },
  );
  extractor.dispose();
  const folder =
    options.out === undefined ? undefined : await RunFolder.open(options.out, options, task, given);
  if (options.out !== undefined) await writePartitionPictures(options.out, dealt, seen, options);
  const board = options.tensorboard && (await TensorBoard.create(options.tensorboard));
  const evaluator = await createEvaluator(task);
  const watching = ('observers' in samples ? samples.observers : undefined) ?? [];
  const { behavior, observers = [] } = behaviorOf(options, task, samples.partition);
  const simulation: Simulation = {
    task,
    extractorFile,
    ...samples,
    initial,
    test,
    behavior,
    workers: options.workers,
    evaluateEvery: options.evaluateEvery,
    // What costs time is measured where it is kept.
    observers: [
      ...observers,
      ...watching,
      ...(folder === undefined ? [] : [createRoundObserver(task, test, evaluator)]),
    ],
    signal,
    resumed: folder?.resumed,
    onRound: async (metrics, checkpoint) => {
      await folder?.add(metrics, checkpoint);
      progress.round(metrics);
      if (board) board.add(metrics);
    },
  };
  for (const { name, inputs, neurons, parameters, weightBytes } of describeHead(task)) {
    const trained = parameters === 0 ? 'fixed' : `${parameters.toLocaleString('en')} parameters`;
    progress.note(`${name}: ${inputs} → ${neurons}, ${trained}, ${weightBytes} bytes of weights`);
  }
  progress.start(options.rounds);
  const before = process.cpuUsage();
  try {
    const result =
      options.mode === 'wire'
        ? await simulateOverSockets(simulation)
        : await simulateInProcess(simulation, bufferedSettings(options));
    const { user, system } = process.cpuUsage(before);
    const played = result.rounds.length - (folder?.resumed?.rounds.length ?? 0);
    const summary = {
      ...summarize(options, result, (user + system) / 1000 / Math.max(1, played)),
      ...(await multiLabelSummary(task, result.model, test)),
      ...behaviorSummary(result.rounds, options),
      ...(split &&
        (await personalizeRun({ task, model: result.model, training, partition: split }, options))),
    };
    const { model } = result;
    const last = Math.max(1, summary.rounds);
    await folder?.finish({
      ...{ settings, summary, model, extractorFile },
      analysis: await analyzeModel(task, model, evaluator, {
        training,
        test,
        partition: dealt,
        round: last,
      }),
    });
    return summary;
  } finally {
    if (board) await board.finish();
    progress.stop();
    await folder?.close();
  }
}

/** The task that a run plays. */
export function taskOf(options: RunOptions, dataset: Dataset, extractor: Extractor): Task {
  const subject = subjectOf(options, dataset);
  const task = classificationTask(subject, {
    extractor: { sha256: extractor.sha256, kind: extractor.kind, bits: extractor.bits },
    convolution: convolutionOf(options, extractor),
    hidden: options.hidden,
    // The default stays unsaid, so that it does not change the task's hash.
    ...(options.weights !== 'binary' && { weights: options.weights }),
    rule: ruleSettings(options),
    training: trainingOf(options, dataset),
    federation: {
      rounds: options.rounds,
      ...roundSettings(options),
      seed: options.seed,
      ...(options.robust !== undefined && { robust: options.robust }),
    },
  });
  const { outputLayer, logitScale = task.head.logitScale } = options;
  return { ...task, head: { ...task.head, outputLayer, logitScale } };
}

/** What replaces the training settings that suit the rule. */
function trainingOf(options: RunOptions, dataset: Dataset): NonNullable<TaskOptions['training']> {
  const { batch, epochs, learningRate, loss = usualLoss(dataset), optimizer } = options;
  return {
    batch,
    loss,
    ...(optimizer !== 'adam' && { optimizer: OPTIMIZER_DEFAULTS[optimizer] }),
    ...(epochs !== undefined && { epochs }),
    ...(learningRate !== undefined && { learningRate }),
  };
}

function convolutionOf(
  { convolution }: RunOptions,
  { kind, input }: Extractor,
): ConvolutionSettings | undefined {
  if (convolution === undefined) return undefined;
  if (kind !== 'pixels' || 'columns' in input) {
    throw new FederationError(
      'bad-request',
      `--convolution: the bits of a "${kind}" extractor are no image; choose --extractor pixels`,
    );
  }
  const { width, height, channels } = input;
  return { width, height, channels, layers: convolution };
}
