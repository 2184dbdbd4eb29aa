/** The latent bits of a data set's samples, with their labels: extracted once, cached on the disk. */
import {
  cachedLatentBits,
  type Dataset,
  type DatasetSplit,
  labelBits,
} from '@fedhybnn/client/node';
import type { BitMatrix, Extractor, LabeledBits } from '@fedhybnn/shared';
import { holdOut } from './hold-out.js';
import type { Progress } from './progress.js';

export type Notes = Pick<Progress, 'note'>;

/**
 * Training samples, and the ones that a model is measured on.
 * @param bitsOf in the place of {@link latentBits}
 */
export async function latentSamples(
  extractor: Extractor,
  trainingSet: Dataset,
  testSet: Dataset,
  { evaluateOn }: { readonly evaluateOn: 'test' | 'validation' },
  progress: Notes,
  bitsOf: typeof latentBits = latentBits,
): Promise<{ training: LabeledBits; test: LabeledBits }> {
  const all = labelBits(trainingSet, await bitsOf(extractor, trainingSet, 'train', progress));
  if (evaluateOn === 'validation') return holdOut(all);
  const bits = await bitsOf(extractor, testSet, 'test', progress);
  return { training: all, test: labelBits(testSet, bits) };
}

/** Extracted, or from the cache on the disk. */
export async function latentBits(
  extractor: Extractor,
  dataset: Dataset,
  split: DatasetSplit,
  progress: Notes,
): Promise<BitMatrix> {
  let told = -1;
  return cachedLatentBits({
    extractor,
    dataset,
    onProgress: (done) => {
      const tenth = Math.floor(10 * done);
      if (tenth === told) return;
      told = tenth;
      progress.note(`extracting latent bits (${split}): ${10 * tenth} %`);
    },
  });
}
