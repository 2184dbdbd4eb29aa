/** A training and a test part of a data set that comes as a whole. */
import { deriveSeed, FederationError, Random } from '@fedhybnn/shared';
import { type Dataset, type DatasetSplit, samplesOf, takeRows, takeSamples } from './dataset.js';

/** Share of the samples that are for training. */
const TRAINING_SHARE = 0.7;

/**
 * One part of a seeded shuffle: 70 % of the samples for training, the others for the test.
 * @throws FederationError `bad-request` if there are fewer than two samples
 */
export function splitDataset(dataset: Dataset, split: DatasetSplit, seed: number): Dataset {
  const { count } = samplesOf(dataset);
  if (count < 2) {
    throw new FederationError(
      'bad-request',
      `data set ${dataset.name}: ${count} sample cannot be split for training and test; give more`,
    );
  }
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  new Random(deriveSeed(seed, 'split')).shuffle(order);
  const cut = Math.min(count - 1, Math.max(1, Math.round(TRAINING_SHARE * count)));
  const indices = split === 'train' ? order.subarray(0, cut) : order.subarray(cut);
  const part = 'table' in dataset ? takeRows(dataset, indices) : takeSamples(dataset, indices);
  return { ...part, name: `${dataset.name}-${split}` };
}
