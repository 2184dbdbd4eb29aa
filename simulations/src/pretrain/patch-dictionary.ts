/**
 * Learns a patch dictionary from unlabeled images: random patches → ZCA → spherical k-means
 * (Coates & Ng 2011 and 2012), with the whitening folded into the filters.
 *
 * All arithmetic is +, −, ×, ÷ and √ on f64 in a fixed order, so a seed gives the same dictionary
 * on every machine.
 */
import {
  deriveSeed,
  foldWhitening,
  type ImageBatch,
  momentSums,
  multiplyRows,
  PATCH_RECIPE,
  type PatchDictionary,
  Random,
  samplePatches,
  sphericalKMeans,
  zcaWhitening,
} from '@fedhybnn/shared';

export interface DictionaryOptions {
  readonly images: ImageBatch;
  readonly filters: number;
  /** Side of a patch. */
  readonly size: number;
  /** How many patches to learn from. */
  readonly patches: number;
  readonly seed: number;
  /** Called with the share done, in (0, 1]. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

const ITERATIONS = 10;

/** The filters, [size][size][channels][filters]. */
export function learnDictionary(options: DictionaryOptions): PatchDictionary['weights'] {
  const { images, filters, size, seed, onProgress } = options;
  const n = size * size * images.channels;
  const { leastDeviation, contrastFloor, whiteningEpsilon } = PATCH_RECIPE;
  const patches = samplePatches(
    images,
    { size, count: options.patches, leastDeviation, contrastFloor },
    new Random(deriveSeed(seed, 'pretrain', 'patches')),
  );
  const moments = momentSums(patches, n).map((sum) => sum / options.patches);
  const whitening = zcaWhitening(moments, n, whiteningEpsilon);
  const centroids = sphericalKMeans(
    multiplyRows(patches, whitening, n),
    n,
    { clusters: filters, iterations: ITERATIONS },
    new Random(deriveSeed(seed, 'pretrain', 'centroids')),
    (iteration) => onProgress?.(iteration / ITERATIONS),
  );
  return foldWhitening(centroids, whitening, n);
}
