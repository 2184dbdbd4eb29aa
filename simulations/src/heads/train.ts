/** `fedhybnn-simulate train`: a binary head in one place, for comparison or to ship. */
import {
  type BinaryLayer,
  BinaryNetwork,
  checkHead,
  classificationTask,
  encodeHead,
  type LabeledBits,
  loadExtractor,
  OPTIMIZER_DEFAULTS,
  type Task,
  trainCentrally,
} from '@fedhybnn/shared';
import { type Command, Option } from 'commander';
import { addDatasetOptions, addQuantilesOptions } from '../datasets/options.js';
import { loadBothSplits } from '../datasets/source.js';
import { extractorFileFor } from '../run/fit-extractor.js';
import { latentSamples } from '../run/latent-samples.js';
import { type MultiLabelSummary, multiLabelMetrics } from '../run/multi-label-summary.js';
import { fraction, positiveNumber, wholeNumber, widths } from '../run/numbers.js';
import type { RunOptions } from '../run/options.js';
import { subjectOf, usualLoss } from '../run/subject.js';
import { writeWhole } from '../run/write-whole.js';

export interface TrainOptions
  extends Omit<RunOptions, 'clients' | 'cohort' | 'rounds' | 'partition' | 'mode' | 'workers'> {
  readonly epochs: number;
  readonly batchNorm: boolean;
}

/** The contract of `train --json`; accuracy in [0, 1], of multi-label data of all decisions. */
export interface TrainSummary extends Partial<MultiLabelSummary> {
  readonly dataset: string;
  readonly seed: number;
  readonly epochs: number;
  readonly batchNorm: boolean;
  readonly parameters: number;
  readonly accuracy: number;
  readonly seconds: number;
}

const option = (flags: string, description: string, variable: string) =>
  new Option(flags, description).env(`FEDHYBNN_${variable}`);

/** Adds `train` to a program. */
export function registerTrainCommand(program: Command): void {
  const command = program
    .command('train')
    .description('trains a binary head in one place: what a federation is measured against');
  addDatasetOptions(command);
  addQuantilesOptions(command);
  command
    .addOption(option('--extractor <name|file>', 'as in run', 'EXTRACTOR'))
    .addOption(
      option('--hidden <widths>', 'neurons of the hidden layers, such as 512 or 512,256', 'HIDDEN')
        .argParser(widths)
        .default([512], '512'),
    )
    .addOption(
      option('--output-layer <kind>', 'fixed Hadamard code, or trained', 'OUTPUT_LAYER')
        .choices(['hadamard', 'trained'])
        .default('hadamard'),
    )
    .addOption(
      option(
        '--batch-norm',
        'normalizes the hidden layers; the head has integer thresholds instead',
        'BATCH_NORM',
      ).default(false),
    )
    .addOption(
      option(
        '--loss <name>',
        'default: softmax for more than two classes, else sigmoid',
        'LOSS',
      ).choices(['softmax-cross-entropy', 'sigmoid-cross-entropy', 'squared-hinge']),
    )
    .addOption(
      option('--logit-scale <x>', 'how far the logits of the head reach', 'LOGIT_SCALE').argParser(
        positiveNumber(100),
      ),
    )
    .addOption(
      option('--optimizer <name>', 'of the latent weights', 'OPTIMIZER')
        .choices(Object.keys(OPTIMIZER_DEFAULTS))
        .default('adam'),
    )
    .addOption(
      option('--learning-rate <rate>', 'of the first epoch', 'LEARNING_RATE').argParser(fraction),
    )
    .addOption(
      option('--epochs <n>', 'epochs', 'EPOCHS').argParser(wholeNumber(1, 100_000)).default(8),
    )
    .addOption(
      option('--batch <n>', 'samples a step', 'BATCH').argParser(wholeNumber(2, 4096)).default(50),
    )
    .addOption(
      option(
        '--evaluate-on <split>',
        'test set, or the last 5,000 training samples, which then train nothing',
        'EVALUATE_ON',
      )
        .choices(['test', 'validation'])
        .default('test'),
    )
    .addOption(
      option('--seed <n>', 'seed of everything random', 'SEED')
        .argParser(wholeNumber(0))
        .default(1),
    )
    .addOption(option('--out <file.fhh>', 'write the head there', 'OUT'))
    .addOption(option('--json', 'print one JSON object as the last line', 'JSON').default(false))
    .action(async (options: TrainOptions) => {
      const summary = await train(options);
      process.stdout.write(`${options.json ? JSON.stringify(summary) : asText(summary)}\n`);
    });
}

async function train(options: TrainOptions): Promise<TrainSummary> {
  const note = (text: string) => process.stderr.write(`${text}\n`);
  const sets = await loadBothSplits(options);
  const extractor = await loadExtractor(await extractorFileFor(options, sets.train));
  const task = taskOf(options, sets.train, extractor);
  checkHead(task);
  const samples = await latentSamples(extractor, sets.train, sets.test, options, { note });
  extractor.dispose();
  const { dataset, seed, epochs, batchNorm } = options;
  const start = performance.now();
  let layers: BinaryLayer[] = [];
  let measured: Measured = { accuracy: 0 };
  const training = { task, data: samples.training, epochs, batchNorm };
  for await (const { epoch, loss, network } of trainCentrally(training)) {
    layers = network();
    measured = await measure(layers, samples.test);
    const accuracy = (100 * measured.accuracy).toFixed(2);
    note(`epoch ${epoch}/${epochs}  loss ${loss.toFixed(4)}  accuracy ${accuracy} %`);
  }
  const seconds = Number(((performance.now() - start) / 1000).toFixed(3));
  if (options.out !== undefined) await writeWhole(options.out, fileOf(task, layers, options));
  const parameters = layers.reduce((sum, { weights }) => sum + weights.rows * weights.cols, 0);
  return { dataset, seed, epochs, batchNorm, parameters, ...measured, seconds };
}

function taskOf(
  options: TrainOptions,
  dataset: Parameters<typeof subjectOf>[1],
  extractor: Task['extractor'],
): Task {
  const { batch, learningRate, optimizer, loss = usualLoss(dataset), seed } = options;
  const task = classificationTask(subjectOf(options, dataset), {
    extractor: { sha256: extractor.sha256, kind: extractor.kind, bits: extractor.bits },
    hidden: options.hidden,
    rule: 'fedavg',
    training: {
      batch,
      loss,
      ...(optimizer !== 'adam' && { optimizer: OPTIMIZER_DEFAULTS[optimizer] }),
      ...(learningRate !== undefined && { learningRate }),
    },
    federation: { rounds: 1, goal: 1, seed },
  });
  const { outputLayer, logitScale = task.head.logitScale } = options;
  return { ...task, head: { ...task.head, outputLayer, logitScale } };
}

type Measured = Pick<TrainSummary, 'accuracy'> & Partial<MultiLabelSummary>;

/** The folded network as devices run it: integers only. */
async function measure(layers: readonly BinaryLayer[], test: LabeledBits): Promise<Measured> {
  const network = await BinaryNetwork.create(layers);
  const margins = network.margins(test.bits);
  if ('targets' in test) {
    const metrics = multiLabelMetrics(test.targets, margins);
    return { accuracy: 1 - metrics.hammingLoss, ...metrics };
  }
  const { outputs } = network;
  const right = test.labels.filter((label, i) => {
    const own = margins.subarray(i * outputs, (i + 1) * outputs);
    return label === (outputs === 1 ? Number(own[0] >= 0) : own.indexOf(Math.max(...own)));
  });
  return { accuracy: right.length / test.labels.length };
}

function fileOf(
  { title, labels, extractor }: Task,
  layers: readonly BinaryLayer[],
  { dataset, epochs, batchNorm, seed }: TrainOptions,
): Uint8Array {
  const how = batchNorm ? 'with batch normalization' : 'without batch normalization';
  return encodeHead({
    metadata: {
      title,
      labels,
      extractor: extractor.sha256,
      source: `trained in one place on ${dataset.replace(/.*[/\\]/, '')}, ${epochs} epochs ${how}, seed ${seed}`,
    },
    layers: layers.map(({ weights, thresholds }) => ({ planes: [weights], thresholds })),
  });
}

function asText(summary: TrainSummary): string {
  return Object.entries(summary)
    .map(([name, value]) => `${name.padEnd(18)} ${value}`)
    .join('\n');
}
