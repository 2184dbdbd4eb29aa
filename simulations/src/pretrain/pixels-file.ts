/** The extractor file of kind `pixels`: nothing is learned. */
import { encodeExtractorFile, type ImageBatch } from '@fedhybnn/shared';

/**
 * @param images of the shape that the extractor will take
 * @param threshold a value from this on is a set bit, 1…255
 * @param command what was given, for the file
 */
export function pixelsFile(
  { width, height, channels }: ImageBatch,
  name: string,
  threshold: number,
  command: string,
): Uint8Array {
  const input = { width, height, channels };
  const bits = width * height * channels;
  return encodeExtractorFile({ header: { kind: 'pixels', name, bits, input, threshold, command } });
}
