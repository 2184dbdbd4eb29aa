/** The images that an extractor is learned from. */
import { deriveSeed, type ImageBatch, Random, takeImages } from '@fedhybnn/shared';

/**
 * `samples` of the images, drawn by the seed so that a sorted data set does not matter; all of them
 * where there are no more.
 * @param use another one draws another sample
 */
export function sampleImages(
  images: ImageBatch,
  samples: number,
  seed: number,
  use = 'images',
): ImageBatch {
  if (images.count <= samples) return images;
  const chosen = new Random(deriveSeed(seed, 'pretrain', use)).sample(images.count, samples);
  return takeImages(images, chosen);
}
