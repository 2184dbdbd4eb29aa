/**
 * Cuts a data set into equal shards, the same on every machine without any agreement but the data
 * set's name: a fixed shuffle of the samples is cut into `shards` contiguous parts. Shard sizes
 * differ by at most one; shards are IID and together hold every sample once.
 */
import { deriveSeed, FederationError, Random } from '@fedhybnn/shared';
import { type ImageDataset, takeSamples } from './dataset.js';

/**
 * The samples of shard `shard` of 1…`shards`, in the shuffle's order. The shuffle is seeded by the
 * path ('fedhybnn-shards', name, shards).
 * @throws FederationError `bad-request` if the shard is outside 1…shards or there are more shards than samples
 */
export function shardIndices(
  name: string,
  samples: number,
  shard: number,
  shards: number,
): Uint32Array {
  if (!Number.isInteger(shard) || !Number.isInteger(shards) || shard < 1 || shard > shards) {
    throw new FederationError(
      'bad-request',
      `shard ${shard}/${shards} of ${name}: must be whole numbers with 1 ≤ shard ≤ shards`,
    );
  }
  if (shards > samples) {
    throw new FederationError(
      'bad-request',
      `shard ${shard}/${shards} of ${name}: there are only ${samples} samples; use at most as many shards`,
    );
  }
  const order = Uint32Array.from({ length: samples }, (_, i) => i);
  new Random(deriveSeed('fedhybnn-shards', name, shards)).shuffle(order);
  const cut = (at: number) => Math.floor((at * samples) / shards);
  return order.slice(cut(shard - 1), cut(shard));
}

/** One shard as a data set of its own. Shard 1 of 1 is the data set itself, in its own order. */
export function takeShard(dataset: ImageDataset, shard: number, shards: number): ImageDataset {
  const indices = shardIndices(dataset.name, dataset.images.count, shard, shards);
  return shards === 1 ? dataset : takeSamples(dataset, indices);
}
