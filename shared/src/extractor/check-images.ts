/** Images against the shape that an extractor was made for. */
import { FederationError } from '../protocol/errors.js';
import type { Extractor, ImageBatch, Samples } from './extractor.js';

/** @throws FederationError `bad-request` naming what does not fit */
export function checkImages(
  input: Extractor['input'],
  samples: Samples,
): asserts samples is ImageBatch {
  if ('columns' in samples || 'columns' in input) {
    throw new FederationError(
      'bad-request',
      'the samples are a table, but the extractor takes images; choose an extractor of kind quantiles',
    );
  }
  const { count, width, height, channels, pixels } = samples;
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
