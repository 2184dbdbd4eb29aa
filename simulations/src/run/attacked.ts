/** The attack that a run asks for, on what its clients hold. */
import type { Dataset } from '@fedhybnn/client/node';
import { type Extractor, FederationError, type Task } from '@fedhybnn/shared';
import {
  type ImageSource,
  type LabeledImages,
  type UnderAttack,
  underAttack,
} from '../attacks/index.js';
import type { Simulation } from '../engine/simulation.js';
import { trainingRows } from './hold-out.js';
import type { RunOptions } from './options.js';

type Samples = Pick<Simulation, 'training' | 'partition'>;

/** What the samples were extracted from. */
export interface Sources {
  readonly trainingSet: Dataset;
  readonly testSet: Dataset;
  readonly extractor: Extractor;
}

/** @throws FederationError `bad-request` where the run cannot play the attack */
export async function attacked(
  { attack, drift, rounds, seed, mode, evaluateOn }: RunOptions,
  task: Task,
  samples: Samples,
  { trainingSet, testSet, extractor }: Sources,
): Promise<Samples | UnderAttack> {
  if (attack === undefined) return samples;
  if (mode === 'wire') {
    throw new FederationError(
      'bad-request',
      '--attack: plays in process only; leave out --mode wire',
    );
  }
  const training = imagesOf(trainingSet);
  const test = evaluateOn === 'test' ? imagesOf(testSet) : training && lastOf(training);
  const source: ImageSource | undefined = training && test && { training, test, extractor };
  // Hands that drift are looked at round by round, others once.
  const held = { ...samples, rounds: drift === undefined ? 1 : rounds };
  return underAttack(attack, task, held, seed, source);
}

function imagesOf(dataset: Dataset): LabeledImages | undefined {
  return 'table' in dataset || 'targets' in dataset
    ? undefined
    : { images: dataset.images, labels: dataset.labels };
}

/** The images that are held out for validation. */
function lastOf({ images, labels }: LabeledImages): LabeledImages {
  const kept = trainingRows(images.count, 'validation');
  const bytes = images.pixels.length / images.count;
  const pixels = images.pixels.subarray(kept * bytes);
  return {
    images: { ...images, count: images.count - kept, pixels },
    labels: labels.subarray(kept),
  };
}
