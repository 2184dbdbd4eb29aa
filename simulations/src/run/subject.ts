/** From a data set to what a task says of it. */
import type { Dataset } from '@fedhybnn/client/node';
import { MNIST_SUBJECT, type TaskSubject, type TrainingSettings } from '@fedhybnn/shared';
import type { RunOptions } from './options.js';

/** Softmax where one of many is right, sigmoid where each output is an answer of its own. */
export function usualLoss(dataset: Dataset): TrainingSettings['loss'] {
  return 'targets' in dataset || dataset.classes.length === 2
    ? 'sigmoid-cross-entropy'
    : 'softmax-cross-entropy';
}

/** Two classes have one output, unless the loss is softmax. */
export function subjectOf(
  options: Pick<RunOptions, 'dataset' | 'loss'>,
  dataset: Dataset,
): TaskSubject {
  if (options.dataset === 'mnist') return MNIST_SUBJECT;
  const loss = options.loss ?? usualLoss(dataset);
  const id = dataset.name.replace(/-train$/, '');
  return {
    id,
    title: id,
    description: `Learns to tell the labels of ${id}. Samples stay where they are`,
    input: inputOf(dataset),
    labels: [...dataset.classes],
    ...classificationOf(dataset, loss),
  };
}

function inputOf(dataset: Dataset): TaskSubject['input'] {
  if ('table' in dataset) return { kind: 'table', columns: dataset.table.columns.length };
  const { width, height, channels } = dataset.images;
  return { kind: 'image', width, height, channels: channels === 3 ? 3 : 1 };
}

/** Multiclass stays unsaid: it is the default. */
function classificationOf(
  dataset: Dataset,
  loss: TrainingSettings['loss'],
): Pick<TaskSubject, 'classification'> {
  if ('targets' in dataset) return { classification: 'multi-label' };
  const binary = dataset.classes.length === 2 && loss !== 'softmax-cross-entropy';
  return binary ? { classification: 'binary' } : {};
}
