/** Data against task, before anything is trained or evaluated. */
import { FederationError } from '../protocol/errors.js';
import type { Task } from '../task/task.js';
import type { LabeledBits } from './labeled-bits.js';

/** @throws FederationError `bad-request` naming what does not fit */
export function checkLabeledBits(task: Task, data: LabeledBits): void {
  const { bits, labels } = data;
  if (bits.cols !== task.extractor.bits) {
    throw new FederationError(
      'bad-request',
      `the data have ${bits.cols} latent bits a sample, but task ${task.id} has ${task.extractor.bits}; extract them with the task's own extractor`,
    );
  }
  if (bits.rows !== labels.length) {
    throw new FederationError(
      'bad-request',
      `the data have ${bits.rows} samples but ${labels.length} labels; give one label a sample`,
    );
  }
  if (labels.length === 0) {
    throw new FederationError('bad-request', 'the data are empty; give at least one sample');
  }
  const classes = task.labels.length;
  const wrong = labels.findIndex((label) => label < 0 || label >= classes);
  if (wrong >= 0) {
    throw new FederationError(
      'bad-request',
      `label ${labels[wrong]} of sample ${wrong} is outside 0…${classes - 1}, the labels of task ${task.id}`,
    );
  }
}
