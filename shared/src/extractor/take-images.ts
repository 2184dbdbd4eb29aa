import type { ImageBatch } from './extractor.js';

/** Some of the images, copied, in the order of `indices`. */
export function takeImages(images: ImageBatch, indices: ArrayLike<number>): ImageBatch {
  const bytes = images.width * images.height * images.channels;
  const pixels = new Uint8Array(indices.length * bytes);
  for (let i = 0; i < indices.length; i++) {
    pixels.set(images.pixels.subarray(indices[i] * bytes, (indices[i] + 1) * bytes), i * bytes);
  }
  return { ...images, count: indices.length, pixels };
}
