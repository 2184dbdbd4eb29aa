/** Tasks with the recipe of docs/decisions.md as defaults, and the built-in one: handwritten digits. */
import { isBinary, RULE_DEFAULTS, type RuleSettings } from './rule-settings.js';
import type { ConvolutionSettings, HeadSettings, Task, TrainingSettings } from './task.js';

export interface TaskOptions {
  /** Identity of the extractor file. */
  readonly extractor: Task['extractor'];
  readonly id?: string;
  /** Default: none, a dense head. */
  readonly convolution?: ConvolutionSettings | undefined;
  /** Default [512]. */
  readonly hidden?: readonly number[];
  /** Default: binary weights. */
  readonly weights?: HeadSettings['weights'];
  /** A rule with its defaults, or with settings of your own. Default block-vote. */
  readonly rule?: RuleSettings['kind'] | RuleSettings;
  readonly training?: Partial<TrainingSettings> & {
    /** Of Adam, where no other optimizer is given. Default: what suits the rule. */
    readonly learningRate?: number;
  };
  readonly federation: Pick<Task['federation'], 'rounds' | 'goal'> &
    Partial<Omit<Task['federation'], 'rule'>>;
}

/** What a client sends, in words. */
const UPLINK: Readonly<Record<RuleSettings['kind'], string>> = {
  'sign-vote': 'one bit a parameter',
  'block-vote': 'one bit for a share of the parameters',
  'flip-vote': 'about a tenth of a bit a parameter',
  fedvote: 'one bit a parameter',
  fedpm: 'one bit a parameter',
  eden: 'one bit a parameter',
  fedavg: 'one number a parameter',
  'fedavg-fp32': 'one number a parameter',
};

/** Optimizers as they come, by kind. */
export const OPTIMIZER_DEFAULTS: {
  readonly [K in TrainingSettings['optimizer']['kind']]: Extract<
    TrainingSettings['optimizer'],
    { kind: K }
  >;
} = {
  adam: { kind: 'adam', learningRate: 0.005, beta1: 0.9, beta2: 0.99, epsilon: 1e-8 },
  sgd: { kind: 'sgd', learningRate: 10, momentum: 0.9 },
  bop: { kind: 'bop', gamma: 0.1, threshold: 1e-4 },
};

/** τ as docs/results.md measured it: real-valued heads want more, and a margin of 1 asks for less. */
function logitScaleFor(loss: TrainingSettings['loss'], rule: RuleSettings): number {
  if (loss === 'squared-hinge') return 0.5;
  return isBinary(rule) ? 1 : 3;
}

function settingsOf(rule: RuleSettings['kind'] | RuleSettings): RuleSettings {
  return typeof rule === 'string' ? RULE_DEFAULTS[rule] : rule;
}

/** What is learned, and from what; the description goes on with what a client sends. */
export type TaskSubject = Pick<
  Task,
  'id' | 'title' | 'description' | 'input' | 'labels' | 'classification'
>;

export const MNIST_SUBJECT: TaskSubject = {
  id: 'mnist',
  title: 'Handwritten digits',
  description:
    'Learns to read the digits 0 to 9 from 28×28 gray images. Images stay where they are',
  input: { kind: 'image', width: 28, height: 28, channels: 1 },
  labels: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
};

/** A task on 28×28 gray images of ten digits. */
export function mnistTask(options: TaskOptions): Task {
  return classificationTask(MNIST_SUBJECT, options);
}

/** A task on any subject; an id in the options takes the place of the subject's. */
export function classificationTask(subject: TaskSubject, options: TaskOptions): Task {
  const { federation } = options;
  const rule = settingsOf(options.rule ?? 'block-vote');
  const { learningRate, ...chosen } = options.training ?? {};
  const adam = OPTIMIZER_DEFAULTS.adam;
  const training: TrainingSettings = {
    loss: 'softmax-cross-entropy',
    epochs: rule.kind === 'block-vote' && rule.share <= 0.1 ? 5 : 1,
    batch: 50,
    optimizer: {
      ...adam,
      learningRate: learningRate ?? (rule.kind === 'fedpm' ? 0.1 : adam.learningRate),
    },
    ...chosen,
  };
  return {
    schema: 1,
    ...subject,
    id: options.id ?? subject.id,
    description: `${subject.description}; what travels is ${UPLINK[rule.kind]}.`,
    extractor: options.extractor,
    head: {
      ...(options.convolution && { convolution: options.convolution }),
      hidden: [...(options.hidden ?? [512])],
      outputLayer: 'hadamard',
      logitScale: logitScaleFor(training.loss, rule),
      ...(options.weights && { weights: options.weights }),
    },
    training,
    federation: {
      minimum: Math.max(1, Math.ceil(federation.goal / 2)),
      overSelect: 1,
      ready: Math.ceil(federation.goal * (federation.overSelect ?? 1)),
      gatherMs: 5_000,
      deadlineMs: 60_000,
      seed: 1,
      initialRange: 0.1,
      ...federation,
      rule,
    },
    privacy: { mode: 'plain' },
  };
}
