/** Data against task, before anything is trained or evaluated. */
import { FederationError } from '../protocol/errors.js';
import type { Task } from '../task/task.js';
import type { LabeledBits } from './labeled-bits.js';

/**
 * @param rows the samples that are meant, where many clients share the data; default all
 * @throws FederationError `bad-request` naming what does not fit
 */
export function checkLabeledBits(task: Task, data: LabeledBits, rows?: Uint32Array): void {
  const { bits } = data;
  if (bits.cols !== task.extractor.bits) {
    throw new FederationError(
      'bad-request',
      `the data have ${bits.cols} latent bits a sample, but task ${task.id} has ${task.extractor.bits}; extract them with the task's own extractor`,
    );
  }
  if ('targets' in data) checkTargets(task, data.targets.rows, data.targets.cols, bits.rows);
  else checkLabels(task, data.labels, bits.rows, rows);
  if (bits.rows === 0) {
    throw new FederationError('bad-request', 'the data are empty; give at least one sample');
  }
}

function checkLabels(
  task: Task,
  labels: Int32Array,
  samples: number,
  rows: Uint32Array | undefined,
): void {
  if (task.classification === 'multi-label') {
    throw new FederationError(
      'bad-request',
      `the data have one label a sample, but task ${task.id} is multi-label; give a bit for each label`,
    );
  }
  if (samples !== labels.length) {
    throw new FederationError(
      'bad-request',
      `the data have ${samples} samples but ${labels.length} labels; give one label a sample`,
    );
  }
  const classes = task.labels.length;
  const count = rows?.length ?? samples;
  for (let i = 0; i < count; i++) {
    const wrong = rows === undefined ? i : rows[i];
    if (labels[wrong] >= 0 && labels[wrong] < classes) continue;
    throw new FederationError(
      'bad-request',
      `label ${labels[wrong]} of sample ${wrong} is outside 0…${classes - 1}, the labels of task ${task.id}`,
    );
  }
}

function checkTargets(task: Task, rows: number, cols: number, samples: number): void {
  if (task.classification !== 'multi-label') {
    throw new FederationError(
      'bad-request',
      `the data have a bit for each label, but task ${task.id} is not multi-label; give one label a sample`,
    );
  }
  if (rows !== samples || cols !== task.labels.length) {
    throw new FederationError(
      'bad-request',
      `the data have ${samples} samples, but targets for ${rows} samples and ${cols} labels; task ${task.id} has ${task.labels.length} labels`,
    );
  }
}
