/** Images against the shape that an extractor was made for. */
import { FederationError } from '../protocol/errors.js';
import type { Extractor, ImageBatch } from './extractor.js';

/** @throws FederationError `bad-request` naming what does not fit */
export function checkImages(input: Extractor['input'], images: ImageBatch): void {
  const { count, width, height, channels, pixels } = images;
  if (width !== input.width || height !== input.height || channels !== input.channels) {
    throw new FederationError(
      'bad-request',
      `the images are ${width}×${height}×${channels}, but the extractor takes ${input.width}×${input.height}×${input.channels}; scale them or choose another extractor`,
    );
  }
  const expected = count * width * height * channels;
  if (pixels.length !== expected) {
    throw new FederationError(
      'bad-request',
      `${count} images of ${width}×${height}×${channels} take ${expected} pixel bytes, not ${pixels.length}; give whole images`,
    );
  }
}
