/** From the bytes of a file to an extractor. */
import { sha256Hex } from '../codec/sha256.js';
import type { Extractor } from './extractor.js';
import { decodeExtractorFile } from './extractor-file.js';
import { PatchesExtractor } from './patches.js';
import { PixelsExtractor } from './pixels.js';

/**
 * The extractor in a file. TensorFlow.js is only loaded when an extractor that needs it first
 * extracts.
 * @throws FederationError `file-corrupt` naming the field and the remedy
 */
export async function loadExtractor(bytes: Uint8Array): Promise<Extractor> {
  const file = decodeExtractorFile(bytes);
  const identity = sha256Hex(bytes);
  return 'arrays' in file
    ? new PatchesExtractor(file.header, file.arrays, identity)
    : new PixelsExtractor(file.header, identity);
}
