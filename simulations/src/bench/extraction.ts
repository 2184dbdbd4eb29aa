/**
 * Latent bits of images: our extractor on TensorFlow.js's wasm backend, as clients run it, against
 * the same extractor on its plain-JavaScript backend.
 */
import { type ImageBatch, loadExtractor } from '@fedhybnn/shared';
import type { Work } from './measure.js';
import { onBackend, type TfjsBackend } from './tfjs.js';

export interface ExtractionInput {
  /** Bytes of an extractor file. */
  readonly extractor: Uint8Array;
  readonly images: ImageBatch;
}

export async function extractionWork(
  backend: TfjsBackend,
  { extractor: file, images }: ExtractionInput,
): Promise<Work> {
  const extractor = await loadExtractor(file);
  return async () => {
    await onBackend(backend);
    await extractor.extract(images);
  };
}
