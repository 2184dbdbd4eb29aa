/**
 * Learns a patch dictionary from unlabeled images: random patches → ZCA → spherical k-means
 * (Coates & Ng 2011 and 2012), with the whitening folded into the filters.
 *
 * All arithmetic is +, −, ×, ÷ and √ on f64 in a fixed order, so a seed gives the same dictionary
 * on every machine.
 */
import { deriveSeed, type ImageBatch, type PatchDictionary, Random } from '@fedhybnn/shared';
import { samplePatches } from './sample-patches.js';
import { sphericalKMeans } from './spherical-k-means.js';
import { multiplyRows, zcaWhitening } from './whitening.js';

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
const WHITENING_EPSILON = 0.01;
/** A tenth of the range of a pixel. */
const TENTH = 25.5;

/** What the features of a dictionary need besides its filters: the fixed part of the recipe. */
export const FEATURE_CONSTANTS = { rectifier: 0.1, contrastFloor: TENTH } as const;

/** The filters, [size][size][channels][filters]. */
export function learnDictionary(options: DictionaryOptions): PatchDictionary['weights'] {
  const { images, filters, size, seed, onProgress } = options;
  const n = size * size * images.channels;
  const patches = samplePatches(
    images,
    {
      size,
      count: options.patches,
      leastDeviation: TENTH,
      contrastFloor: FEATURE_CONSTANTS.contrastFloor,
    },
    new Random(deriveSeed(seed, 'pretrain', 'patches')),
  );
  const whitening = zcaWhitening(patches, n, WHITENING_EPSILON);
  const centroids = sphericalKMeans(
    multiplyRows(patches, whitening, n),
    n,
    { clusters: filters, iterations: ITERATIONS },
    new Random(deriveSeed(seed, 'pretrain', 'centroids')),
    (iteration) => onProgress?.(iteration / ITERATIONS),
  );
  return foldWhitening(centroids, whitening, n, filters);
}

/**
 * A response d·(W·(p − p̄)) is (W·d − mean)·p, so one filter does all three. Filters are stored with
 * the value index first, as a convolution takes them.
 */
function foldWhitening(
  centroids: Float64Array,
  whitening: Float64Array,
  n: number,
  filters: number,
): Float32Array {
  const folded = multiplyRows(centroids, whitening, n);
  const weights = new Float32Array(n * filters);
  for (let f = 0; f < filters; f++) {
    const filter = folded.subarray(f * n, (f + 1) * n);
    let sum = 0;
    for (const value of filter) sum += value;
    for (let i = 0; i < n; i++) weights[i * filters + f] = filter[i] - sum / n;
  }
  return weights;
}
