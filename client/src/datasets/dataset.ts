/** A labeled set of images in memory. */
import { createHash } from 'node:crypto';
import type { ImageBatch } from '@fedhybnn/shared';

export interface ImageDataset {
  /** Such as `mnist-train`. */
  readonly name: string;
  readonly images: ImageBatch;
  /** One label an image, an index into `classes`. */
  readonly labels: Int32Array;
  readonly classes: readonly string[];
  /** Identity of images and labels in their order, lower-case hexadecimal: the key of caches. */
  readonly sha256: string;
}

/**
 * The samples at `indices`, in that order, copied. Its identity follows from the whole's identity
 * and the indices, so nothing is hashed again.
 */
export function takeSamples(dataset: ImageDataset, indices: Uint32Array): ImageDataset {
  const { images, labels } = dataset;
  const imageBytes = images.width * images.height * images.channels;
  const pixels = new Uint8Array(indices.length * imageBytes);
  indices.forEach((sample, i) => {
    const start = sample * imageBytes;
    pixels.set(images.pixels.subarray(start, start + imageBytes), i * imageBytes);
  });
  const identity = createHash('sha256').update(dataset.sha256).update(littleEndian(indices));
  return {
    ...dataset,
    images: { ...images, count: indices.length, pixels },
    labels: Int32Array.from(indices, (sample) => labels[sample]),
    sha256: identity.digest('hex'),
  };
}

function littleEndian(indices: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(4 * indices.length);
  const view = new DataView(bytes.buffer);
  indices.forEach((index, i) => {
    view.setUint32(4 * i, index, true);
  });
  return bytes;
}
