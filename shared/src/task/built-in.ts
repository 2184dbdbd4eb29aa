/** The built-in task: handwritten digits. Its defaults are the recipe of docs/decisions.md. */
import type { RuleSettings, Task } from './task.js';

export interface MnistTaskOptions {
  /** Identity of the extractor file. */
  readonly extractor: Task['extractor'];
  readonly id?: string;
  /** Default [512]. */
  readonly hidden?: readonly number[];
  /** Default sign-vote. */
  readonly rule?: RuleSettings['kind'];
  readonly training?: Partial<Omit<Task['training'], 'loss'>>;
  readonly federation: Pick<Task['federation'], 'rounds' | 'goal'> &
    Partial<Omit<Task['federation'], 'rule'>>;
}

const RULE_DEFAULTS: Record<RuleSettings['kind'], RuleSettings> = {
  'sign-vote': { kind: 'sign-vote', serverStep: 0.01 },
  fedavg: { kind: 'fedavg' },
};

/** A task on 28×28 gray images of ten digits. */
export function mnistTask(options: MnistTaskOptions): Task {
  const { federation } = options;
  return {
    schema: 1,
    id: options.id ?? 'mnist',
    title: 'Handwritten digits',
    description:
      'Learns to read the digits 0 to 9 from 28×28 gray images. Images stay where they are; what travels is one bit a parameter.',
    input: { kind: 'image', width: 28, height: 28, channels: 1 },
    labels: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    extractor: options.extractor,
    head: { hidden: [...(options.hidden ?? [512])], outputLayer: 'hadamard', logitScale: 3 },
    training: {
      loss: 'softmax-cross-entropy',
      epochs: 1,
      batch: 50,
      optimizer: { kind: 'adam', learningRate: 0.005, beta1: 0.9, beta2: 0.99, epsilon: 1e-8 },
      ...options.training,
    },
    federation: {
      minimum: Math.max(1, Math.ceil(federation.goal / 2)),
      overSelect: 1,
      ready: Math.ceil(federation.goal * (federation.overSelect ?? 1)),
      gatherMs: 5_000,
      deadlineMs: 60_000,
      seed: 1,
      initialRange: 0.1,
      ...federation,
      rule: RULE_DEFAULTS[options.rule ?? 'sign-vote'],
    },
    privacy: { mode: 'plain' },
  };
}
