/** From the bytes of a file to an extractor. */
import { sha256Hex } from '../codec/sha256.js';
import type { Extractor } from './extractor.js';
import { decodeExtractorFile } from './extractor-file.js';
import { patchFeatures } from './patch-features.js';
import { PatchesExtractor } from './patches.js';
import { PixelsExtractor } from './pixels.js';
import { portablePatchFeatures } from './portable-features.js';
import { QuantilesExtractor } from './quantiles.js';
import { runsInNode } from './tensorflow.js';
import { TfjsExtractor } from './tfjs.js';
import { VaeExtractor } from './vae.js';

export interface LoadExtractorOptions {
  /**
   * What computes the features of `patches`: `tensorflow` (faster on many images; a page must have
   * registered a backend) or `portable`, which needs nothing. Default: `tensorflow` in Node,
   * `portable` in pages and workers.
   */
  readonly patches?: 'tensorflow' | 'portable' | undefined;
}

/**
 * The extractor in a file. TensorFlow.js is only loaded when an extractor that needs it first
 * extracts.
 * @throws FederationError `file-corrupt` naming the field and the remedy
 */
export async function loadExtractor(
  bytes: Uint8Array,
  { patches = runsInNode() ? 'tensorflow' : 'portable' }: LoadExtractorOptions = {},
): Promise<Extractor> {
  const file = decodeExtractorFile(bytes);
  const identity = sha256Hex(bytes);
  if ('thresholds' in file) return new QuantilesExtractor(file.header, file.thresholds, identity);
  if ('encoder' in file) return new VaeExtractor(file.header, file.encoder, identity);
  if ('model' in file) return new TfjsExtractor(file.header, file.model, identity);
  if (!('arrays' in file)) return new PixelsExtractor(file.header, identity);
  const compute = patches === 'portable' ? portablePatchFeatures : patchFeatures;
  return new PatchesExtractor(file.header, file.arrays, identity, compute);
}
