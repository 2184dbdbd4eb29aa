/** How a user names data on a command line: `mnist`, `mnist:3/10`, `mnist:3/10@train`. */
import { FederationError } from '@fedhybnn/shared';
import type { DatasetSplit } from './dataset.js';
import { DATASET_NAMES, type DatasetName, isDatasetName } from './named.js';

/** Which samples: one shard of a split of a data set. */
export interface DataSpec {
  readonly dataset: DatasetName;
  /** Default `train`. */
  readonly split: DatasetSplit;
  /** From 1 to `shards`; without one, the whole split is shard 1 of 1. */
  readonly shard: number;
  readonly shards: number;
}

const FORM = /^([a-z0-9-]+)(?::(\d{1,7})\/(\d{1,7}))?(?:@([a-z]+))?$/;

/**
 * Parses a data specification.
 * @throws FederationError `bad-request` that names the specification and shows a valid one
 */
export function parseDataSpec(text: string): DataSpec {
  const match = FORM.exec(text);
  if (match === null)
    throw invalid(text, 'its form is NAME, NAME:SHARD/SHARDS or either with @SPLIT');
  const [, dataset, shardText = '1', shardsText = '1', split = 'train'] = match;
  if (!isDatasetName(dataset)) {
    throw invalid(
      text,
      `data set "${dataset}" is not known (there are: ${DATASET_NAMES.join(', ')})`,
    );
  }
  if (split !== 'train' && split !== 'test') {
    throw invalid(text, `split "${split}" is neither train nor test`);
  }
  const shard = Number(shardText);
  const shards = Number(shardsText);
  if (shard < 1 || shard > shards) throw invalid(text, `shard ${shard} is outside 1…${shards}`);
  return { dataset, split, shard, shards };
}

function invalid(text: string, what: string): FederationError {
  return new FederationError(
    'bad-request',
    `data "${text}": ${what}; write for example mnist:3/10 for the third of ten shards`,
  );
}
