/** The latent bits of a data set's samples, with their labels: extracted once, cached on the disk. */
import {
  cachedLatentBits,
  type Dataset,
  type DatasetSplit,
  labelBits,
} from '@fedhybnn/client/node';
import type { Extractor, LabeledBits } from '@fedhybnn/shared';
import { holdOut } from './hold-out.js';
import type { Progress } from './progress.js';

type Notes = Pick<Progress, 'note'>;

/** Training samples, and the ones that a model is measured on. */
export async function latentSamples(
  extractor: Extractor,
  trainingSet: Dataset,
  testSet: Dataset,
  { evaluateOn }: { readonly evaluateOn: 'test' | 'validation' },
  progress: Notes,
): Promise<{ training: LabeledBits; test: LabeledBits }> {
  const all = await latentBits(extractor, trainingSet, 'train', progress);
  if (evaluateOn === 'validation') return holdOut(all);
  return { training: all, test: await latentBits(extractor, testSet, 'test', progress) };
}

async function latentBits(
  extractor: Extractor,
  dataset: Dataset,
  split: DatasetSplit,
  progress: Notes,
): Promise<LabeledBits> {
  let told = -1;
  const bits = await cachedLatentBits({
    extractor,
    dataset,
    onProgress: (done) => {
      const tenth = Math.floor(10 * done);
      if (tenth === told) return;
      told = tenth;
      progress.note(`extracting latent bits (${split}): ${10 * tenth} %`);
    },
  });
  return labelBits(dataset, bits);
}
