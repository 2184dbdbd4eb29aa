/** `fedhybnn-simulate baseline`: what a real-valued network learns from raw columns or pixels. */
import { type Dataset, samplesOf } from '@fedhybnn/client/node';
import { FederationError } from '@fedhybnn/shared';
import { type Command, Option } from 'commander';
import { addDatasetOptions } from '../datasets/options.js';
import { type DatasetSource, loadBothSplits } from '../datasets/source.js';
import { type Partition, parsePartition, partition } from '../partitions/index.js';
import { type MultiLabelSummary, multiLabelMetrics } from '../run/multi-label-summary.js';
import { positiveNumber, wholeNumber, widths } from '../run/numbers.js';
import { featuresOf } from './features.js';
import { federateMlp } from './federated-mlp.js';
import { type MlpTraining, trainMlp } from './mlp.js';

export interface BaselineOptions extends DatasetSource {
  readonly hidden: readonly number[];
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly clients: number;
  readonly cohort: number;
  readonly rounds: number;
  readonly partition: string;
  readonly seed: number;
  readonly json: boolean;
}

/** The contract of `baseline --json`; accuracy in [0, 1], of multi-label data of all decisions. */
export interface BaselineSummary extends Partial<MultiLabelSummary> {
  readonly dataset: string;
  readonly seed: number;
  readonly epochs: number;
  /** Of a federation. */
  readonly clients?: number;
  readonly rounds?: number;
  readonly parameters: number;
  readonly accuracy: number;
  readonly seconds: number;
}

const option = (flags: string, description: string, variable: string) =>
  new Option(flags, description).env(`FEDHYBNN_${variable}`);

/** Adds `baseline` to a program. */
export function registerBaselineCommand(program: Command): void {
  const command = program
    .command('baseline')
    .description(
      'trains an fp32 perceptron on the raw columns of a table or the pixels of images, for comparison',
    );
  addBaselineOptions(command).action(async (options: BaselineOptions) => {
    const note = (line: string) => process.stderr.write(`${line}\n`);
    const summary = await baseline(options, note);
    const text = options.json
      ? JSON.stringify(summary)
      : Object.entries(summary)
          .map(([name, value]) => `${name.padEnd(18)} ${value}`)
          .join('\n');
    process.stdout.write(`${text}\n`);
  });
}

/** Adds the options of `baseline` to its command. */
export function addBaselineOptions(command: Command): Command {
  return addDatasetOptions(command)
    .addOption(
      option('--hidden <widths>', 'neurons of the hidden layers', 'HIDDEN')
        .argParser(widths)
        .default([512], '512'),
    )
    .addOption(
      option('--epochs <n>', 'epochs; local ones in a federation', 'EPOCHS')
        .argParser(wholeNumber(1, 100_000))
        .default(20),
    )
    .addOption(
      option('--batch <n>', 'samples a step', 'BATCH').argParser(wholeNumber(1, 4096)).default(50),
    )
    .addOption(
      option('--learning-rate <x>', 'learning rate of Adam', 'LEARNING_RATE')
        .argParser(positiveNumber(1))
        .default(0.001),
    )
    .addOption(
      option(
        '--clients <n>',
        'deal the samples to so many clients and average their weights (FedAvg)',
        'CLIENTS',
      )
        .argParser(wholeNumber(1, 1_000_000))
        .default(1),
    )
    .addOption(
      option('--cohort <n>', 'clients a round', 'COHORT')
        .argParser(wholeNumber(1, 1_000_000))
        .default(10),
    )
    .addOption(
      option('--rounds <n>', 'rounds of a federation', 'ROUNDS')
        .argParser(wholeNumber(1, 1_000_000))
        .default(50),
    )
    .addOption(
      option('--partition <kind>', 'iid, dirichlet:α or classes:k', 'PARTITION').default('iid'),
    )
    .addOption(
      option('--seed <n>', 'seed of everything random', 'SEED')
        .argParser(wholeNumber(0))
        .default(1),
    )
    .addOption(option('--json', 'print one JSON object as the last line', 'JSON').default(false));
}

/** @param note takes a line after every epoch */
export async function baseline(
  options: BaselineOptions,
  note: (line: string) => void,
): Promise<BaselineSummary> {
  const { dataset, hidden, epochs, batch, seed } = options;
  const splits = await loadBothSplits(options);
  const { train: training, test } = splits;
  const encode = featuresOf(training);
  const features = encode(training);
  const outputs = training.classes.length;
  const started = performance.now();
  const plan: MlpTraining = {
    ...{ features, targets: targetsOf(training), outputs, hidden, epochs, batch, seed },
    loss: 'targets' in training ? 'sigmoid' : 'softmax',
    learningRate: options.learningRate,
    onEpoch: (epoch, loss) =>
      note(`${options.clients > 1 ? 'round' : 'epoch'} ${epoch}: loss ${loss.toFixed(4)}`),
  };
  const logitsOf =
    options.clients > 1
      ? await federateMlp(plan, {
          partition: dealt(training, options),
          cohort: options.cohort,
          rounds: options.rounds,
        })
      : await trainMlp(plan);
  const seconds = (performance.now() - started) / 1000;
  const all = [features.width, ...hidden, outputs];
  const parameters = all.slice(1).reduce((sum, n, l) => sum + n * (all[l] + 1), 0);
  return {
    ...{ dataset, seed, epochs },
    ...(options.clients > 1 && { clients: options.clients, rounds: options.rounds }),
    parameters,
    ...measure(test, logitsOf(encode(test))),
    seconds: Number(seconds.toFixed(3)),
  };
}

function dealt(training: Dataset, { partition: how, clients, seed }: BaselineOptions): Partition {
  if ('targets' in training) {
    throw new FederationError(
      'bad-request',
      '--clients: samples are dealt by their class, but these have several labels each; leave it out',
    );
  }
  return partition(parsePartition(how), training.labels, clients, seed);
}

function measure(
  test: Dataset,
  logits: Float32Array,
): Pick<BaselineSummary, 'accuracy'> & Partial<MultiLabelSummary> {
  if ('targets' in test) {
    const metrics = multiLabelMetrics(test.targets, logits);
    return { accuracy: 1 - metrics.hammingLoss, ...metrics };
  }
  const outputs = test.classes.length;
  const right = test.labels.filter((label, i) => {
    const own = logits.subarray(i * outputs, (i + 1) * outputs);
    return own.indexOf(Math.max(...own)) === label;
  });
  return { accuracy: right.length / test.labels.length };
}

/** [samples][outputs], 1 where the label is true. */
function targetsOf(data: Dataset): Float32Array {
  const outputs = data.classes.length;
  const { count } = samplesOf(data);
  const targets = new Float32Array(count * outputs);
  for (let row = 0; row < count; row++) {
    for (let n = 0; n < outputs; n++) {
      const is = 'targets' in data ? data.targets.get(row, n) : data.labels[row] === n;
      targets[row * outputs + n] = Number(is);
    }
  }
  return targets;
}
