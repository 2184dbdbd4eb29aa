/** The images that an extractor is learned from. */
import { deriveSeed, type ImageBatch, Random } from '@fedhybnn/shared';

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
  const bytes = images.width * images.height * images.channels;
  const pixels = new Uint8Array(samples * bytes);
  chosen.forEach((image, i) => {
    pixels.set(images.pixels.subarray(image * bytes, (image + 1) * bytes), i * bytes);
  });
  return { ...images, count: samples, pixels };
}
