/** The pictures of a partition, as files. */
import { join } from 'node:path';
import type { Dataset } from '@fedhybnn/client/node';
import { pngOf } from '../plots/svg.js';
import { writeWhole } from '../run/write-whole.js';
import type { DealOptions } from './deal.js';
import type { Partition } from './dealt.js';
import { skewDataset } from './feature-skew/index.js';
import { pictureOf, skewPicture } from './show.js';

/** The training samples as their clients see them: the same data set where nothing is skewed. */
export function seenByClients(
  dataset: Dataset,
  dealt: Partition,
  { featureSkew, seed }: Pick<DealOptions, 'featureSkew' | 'seed'>,
): Dataset {
  return featureSkew === undefined ? dataset : skewDataset(dataset, dealt, featureSkew, seed);
}

/**
 * Writes `partition.svg` and `.png` and, where features are skewed, `feature-skew.svg` and `.png`.
 * @param seen the training samples as their clients see them
 * @throws FederationError `data-folder` if they cannot be written
 */
export async function writePartitionPictures(
  folder: string,
  dealt: Partition,
  seen: Dataset,
  options: DealOptions,
): Promise<void> {
  await writePicture(folder, 'partition', pictureOf(dealt, seen, options));
  if (options.featureSkew === undefined || 'table' in seen) return;
  await writePicture(folder, 'feature-skew', skewPicture(dealt, seen, options));
}

async function writePicture(folder: string, name: string, svg: string): Promise<void> {
  await writeWhole(join(folder, `${name}.svg`), new TextEncoder().encode(svg));
  await writeWhole(join(folder, `${name}.png`), pngOf(svg));
}
