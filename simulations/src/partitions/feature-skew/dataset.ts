/** The training pictures as their clients see them. */
import { createHash } from 'node:crypto';
import { type Dataset, type ImageDataset, requireImages } from '@fedhybnn/client/node';
import { deriveSeed, Random } from '@fedhybnn/shared';
import type { Partition } from '../dealt.js';
import { skewPixels } from './pixels.js';
import { type FeatureSkew, skewOf } from './spec.js';

/**
 * A copy of the data set with each client's pictures skewed in its own way; pictures that nobody
 * holds stay as they are.
 * @param partition deals every sample to at most one client, and does not drift
 * @throws FederationError `bad-request` if the data are no pictures
 */
export function skewDataset(
  dataset: Dataset,
  partition: Partition,
  skew: FeatureSkew,
  seed: number,
): ImageDataset {
  const source = requireImages(dataset);
  const { images } = source;
  const size = images.width * images.height * images.channels;
  const pixels = Uint8Array.from(images.pixels);
  const identity = createHash('sha256').update(JSON.stringify([source.sha256, skew, seed]));
  for (let client = 0; client < partition.clients; client++) {
    const own = skewOf(skew, client, seed);
    const random = new Random(deriveSeed(seed, 'feature-noise', client));
    const rows = partition.rows(client);
    for (const row of rows) {
      const picture = images.pixels.subarray(row * size, (row + 1) * size);
      pixels.set(skewPixels(picture, images, own, random), row * size);
    }
    identity.update(JSON.stringify([...rows]));
  }
  return { ...source, images: { ...images, pixels }, sha256: identity.digest('hex') };
}
