/** The options of `run`, parsed once at the edge. */
import {
  type ConvolutionSettings,
  FederationError,
  OPTIMIZER_DEFAULTS,
  type RobustSettings,
  RULE_DEFAULTS,
  type TrainingSettings,
  type WeightKind,
} from '@fedhybnn/shared';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ATTACKS, type AttackSpec, parseAttack } from '../attacks/index.js';
import { addDatasetOptions, addQuantilesOptions } from '../datasets/options.js';
import type { DatasetSource } from '../datasets/source.js';
import { type PartitionSpec, parsePartition } from '../partitions/index.js';
import { DEFENSES, parseDefenses } from './defenses.js';
import { SHIPPED_EXTRACTORS } from './extractor-source.js';
import { fraction, positiveNumber, wholeNumber, widths } from './numbers.js';
import type { RuleOptions } from './rule-settings.js';

export interface RunOptions extends DatasetSource, RuleOptions {
  /** Default by the data set. */
  readonly extractor?: string;
  readonly thresholds: number;
  readonly categorical?: readonly string[];
  /** 3×3 convolutions on the image's pixels, before the hidden layers. */
  readonly convolution?: ConvolutionSettings['layers'];
  readonly hidden: readonly number[];
  readonly outputLayer: 'hadamard' | 'trained';
  readonly weights: WeightKind;
  /** Default by the number of labels a sample. */
  readonly loss?: TrainingSettings['loss'];
  /** τ of the head; default by the loss. */
  readonly logitScale?: number;
  readonly optimizer: TrainingSettings['optimizer']['kind'];
  readonly clients: number;
  readonly cohort: number;
  readonly rounds: number;
  /** Absent: what suits the rule. */
  readonly epochs?: number;
  readonly batch: number;
  readonly partition: PartitionSpec;
  readonly attack?: AttackSpec;
  readonly robust?: RobustSettings;
  /** Absent: what suits the rule. */
  readonly learningRate?: number;
  readonly evaluateOn: 'test' | 'validation';
  readonly mode: 'in-process' | 'wire';
  readonly seed: number;
  readonly workers: number;
  readonly out?: string;
  readonly json: boolean;
}

/** `16p,32`: filters of each layer, p for 2×2 max-pooling after it. */
function convolutionOption(text: string): ConvolutionSettings['layers'] {
  return text.split(',').map((layer) => {
    const pool = layer.endsWith('p');
    return { filters: wholeNumber(1, 1024)(pool ? layer.slice(0, -1) : layer), pool };
  });
}

/** As the parser, with commander's kind of error. */
function byParser<T>(parser: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parser(text);
    } catch (error) {
      throw new InvalidArgumentError(FederationError.from(error).message);
    }
  };
}

export const partitionOption: (text: string) => PartitionSpec = byParser(parsePartition);

const option = (flags: string, description: string, variable: string) =>
  new Option(flags, description).env(`FEDHYBNN_${variable}`);

/** Adds the options of `run` to its command. */
export function addRunOptions(command: Command): Command {
  addDatasetOptions(command);
  addQuantilesOptions(command);
  return command
    .addOption(
      option(
        '--extractor <name|file>',
        `${SHIPPED_EXTRACTORS.join(', ')}, an extractor file, or fitted on the training samples: patches, quantiles (default: patches-512 for 28×28 gray images, patches for others, quantiles for tables)`,
        'EXTRACTOR',
      ),
    )
    .addOption(
      option(
        '--convolution <layers>',
        'filters of 3×3 convolutions before the hidden layers, p: pooled 2×2, such as 16p,32p (with --extractor pixels)',
        'CONVOLUTION',
      ).argParser(convolutionOption),
    )
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
      option('--weights <kind>', '±1, scaled by the size of the latents, or −1, 0, +1', 'WEIGHTS')
        .choices(['binary', 'scaled', 'ternary'])
        .default('binary'),
    )
    .addOption(
      option(
        '--loss <name>',
        'loss of the local training (default: softmax for more than two classes, else sigmoid)',
        'LOSS',
      ).choices(['softmax-cross-entropy', 'sigmoid-cross-entropy', 'squared-hinge']),
    )
    .addOption(
      option(
        '--logit-scale <x>',
        'how far the logits of the head reach (default: 1, with squared-hinge 0.5, of real-valued heads 3)',
        'LOGIT_SCALE',
      ).argParser(positiveNumber(100)),
    )
    .addOption(
      option('--optimizer <name>', 'optimizer of the local training', 'OPTIMIZER')
        .choices(Object.keys(OPTIMIZER_DEFAULTS))
        .default('adam'),
    )
    .addOption(
      option('--clients <n>', 'virtual clients', 'CLIENTS')
        .argParser(wholeNumber(1, 1_000_000))
        .default(100),
    )
    .addOption(
      option('--cohort <n>', 'clients a round', 'COHORT')
        .argParser(wholeNumber(1, 1_000_000))
        .default(10),
    )
    .addOption(
      option('--rounds <n>', 'rounds', 'ROUNDS').argParser(wholeNumber(1, 1_000_000)).default(30),
    )
    .addOption(
      option(
        '--epochs <n>',
        'local epochs a round (default: what suits the rule)',
        'EPOCHS',
      ).argParser(wholeNumber(1, 1000)),
    )
    .addOption(
      option('--batch <n>', 'samples a step', 'BATCH').argParser(wholeNumber(1, 4096)).default(50),
    )
    .addOption(
      option('--partition <spec>', 'iid, dirichlet:α or classes:k', 'PARTITION')
        .argParser(partitionOption)
        .default({ kind: 'iid' }, 'iid'),
    )
    .addOption(
      option(
        '--attack <kind:share>',
        `clients that attack, and how: ${ATTACKS.join(', ')}; such as sign-flip:0.2`,
        'ATTACK',
      ).argParser(byParser(parseAttack)),
    )
    .addOption(
      option(
        '--robust <defenses>',
        `defenses of the aggregation: ${DEFENSES.join(', ')}, with commas between them`,
        'ROBUST',
      ).argParser(byParser(parseDefenses)),
    )
    .addOption(
      option('--rule <name>', 'update rule', 'RULE')
        .choices(Object.keys(RULE_DEFAULTS))
        .default('block-vote'),
    )
    .addOption(
      option('--share <q>', 'share of the parameters in a round', 'SHARE').argParser(fraction),
    )
    .addOption(
      option('--quorum <tau>', 'stand still below this share of the votes', 'QUORUM').argParser(
        fraction,
      ),
    )
    .addOption(
      option('--server-step <eta>', 'step of the global latents', 'SERVER_STEP').argParser(
        fraction,
      ),
    )
    .addOption(
      option('--threshold <delta>', 'drift that is a flip for certain', 'THRESHOLD').argParser(
        fraction,
      ),
    )
    .addOption(
      option('--density <rho>', 'most flips of an update, as a share', 'DENSITY').argParser(
        fraction,
      ),
    )
    .addOption(
      option('--slope <a>', 'how sure a latent is of its sign', 'SLOPE').argParser(
        positiveNumber(Number.MAX_VALUE),
      ),
    )
    .addOption(
      option('--learning-rate <rate>', 'of local training, first round', 'LEARNING_RATE').argParser(
        fraction,
      ),
    )
    .addOption(
      option(
        '--evaluate-on <split>',
        'test set, or the last 5,000 training images, which then train nothing',
        'EVALUATE_ON',
      )
        .choices(['test', 'validation'])
        .default('test'),
    )
    .addOption(
      option(
        '--mode <mode>',
        'rules called directly, or a real coordinator and clients on sockets',
        'MODE',
      )
        .choices(['in-process', 'wire'])
        .default('in-process'),
    )
    .addOption(
      option('--seed <n>', 'seed of everything random', 'SEED')
        .argParser(wholeNumber(0))
        .default(1),
    )
    .addOption(
      option('--workers <n>', 'training threads; the result does not depend on them', 'WORKERS')
        .argParser(wholeNumber(1, 256))
        .default(2),
    )
    .addOption(option('--out <folder>', 'write run.json and metrics.ndjson there', 'OUT'))
    .addOption(option('--json', 'print one JSON object as the last line', 'JSON').default(false));
}
