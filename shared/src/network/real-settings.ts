/** What the real-valued heads of `fedavg-fp32` and `fedpm` take of a task: less than a binary head. */
import { FederationError } from '../protocol/errors.js';
import type { Task, TrainingSettings } from '../task/task.js';
import type { LabeledBits } from './labeled-bits.js';

export type RealOptimizerSettings = Exclude<TrainingSettings['optimizer'], { kind: 'bop' }>;

/** @throws FederationError `bad-request` naming the first field that only a binary head has */
export function checkRealHead(task: Task): void {
  const { classification = 'multiclass', head, training, federation } = task;
  const taken = [
    ['classification', classification, 'multiclass'],
    ['training.loss', training.loss, 'softmax-cross-entropy'],
    ['head.weights', head.weights ?? 'binary', 'binary'],
  ] as const;
  for (const [field, value, only] of taken) {
    if (value === only) continue;
    throw new FederationError(
      'bad-request',
      `task ${task.id}: field "${field}" is ${value}, but rule ${federation.rule.kind} takes ${only} only`,
    );
  }
  if (head.convolution !== undefined) {
    throw new FederationError(
      'bad-request',
      `task ${task.id}: field "head.convolution" is for binary heads, but rule ${federation.rule.kind} has a real-valued one`,
    );
  }
  realOptimizer(task);
}

/** @throws FederationError `bad-request` for an optimizer that flips weights */
export function realOptimizer({ id, training, federation }: Task): RealOptimizerSettings {
  if (training.optimizer.kind !== 'bop') return training.optimizer;
  throw new FederationError(
    'bad-request',
    `task ${id}: field "training.optimizer.kind" is bop, but rule ${federation.rule.kind} has no binary weights to flip; take adam or sgd`,
  );
}

/** The labels of checked data: a real-valued head has one a sample. */
export function singleLabels(data: LabeledBits): Int32Array {
  if ('labels' in data) return data.labels;
  throw new TypeError('several labels a sample for a real-valued head');
}
