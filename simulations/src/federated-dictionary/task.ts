/** From options to the task that a dictionary federation plays. */
import {
  type DictionaryTask,
  type ImageBatch,
  PATCH_RECIPE,
  parseDictionaryTask,
} from '@fedhybnn/shared';
import { nameOfDataset } from '../datasets/source.js';
import { choosePadding } from '../pretrain/choose-padding.js';
import { type FederatedOptions, panelOf } from './options.js';

const SIZE = 5;
/** Cuts long patches, which costs nothing and halves what forged ones weigh (docs/federated-extractor.md). */
const CLIP = 4;
const INERTIA = 0.25;
const SUM_BITS = 16;

/** @throws FederationError `bad-request` naming the option that does not fit the images */
export function dictionaryTaskOf(options: FederatedOptions, images: ImageBatch): DictionaryTask {
  const { dataset, bits, filters, cohort, rounds, patches, seed } = options;
  const { width, height, channels } = images;
  const { leastDeviation, contrastFloor, whiteningEpsilon, rectifier } = PATCH_RECIPE;
  const grid = { width: options.grid, height: options.grid };
  const padding = choosePadding(images, SIZE, options.grid);
  return parseDictionaryTask(
    {
      schema: 1,
      kind: 'dictionary',
      id: `${nameOfDataset(dataset)}-patches-${bits}`,
      title: `A patch dictionary of ${nameOfDataset(dataset)}`,
      description: 'Images stay where they are; what travels are bounded integer sums.',
      input: { kind: 'image', width, height, channels },
      dictionary: { size: SIZE, filters, padding, grid, rectifier, contrastFloor, bits },
      learning: {
        ...{ rounds, patches, leastDeviation, whiteningEpsilon, images: options.images },
        ...{ clip: CLIP, inertia: INERTIA, sumBits: SUM_BITS },
      },
      federation: { cohort, panel: panelOf(options), seed },
      privacy: { mode: 'plain' },
    },
    'task',
  );
}
