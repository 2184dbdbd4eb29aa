/** Which client of this process has which data, under which name. */
import { FederationError } from '@fedhybnn/shared';
import type { DataSpec } from '../datasets/index.js';

export interface Slot {
  readonly data: DataSpec;
  /** Id to join under; without one the coordinator draws it. */
  readonly client: string | undefined;
  /** Names the client's state file. */
  readonly key: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,50}$/;

/**
 * Client i has the i-th shard from the given one on, starting again after the last.
 * @param name of the one client, or what the names of all begin with; their shards tell them apart
 * @throws FederationError `bad-request` if there are fewer shards than clients, or for a bad name
 */
export function planSlots(data: DataSpec, count: number, name: string | undefined): Slot[] {
  const { dataset, split, shard, shards } = data;
  if (count > shards) {
    throw new FederationError(
      'bad-request',
      `--count ${count}: the data have only ${shards} shard${shards === 1 ? '' : 's'}; write --data ${dataset}:1/${count}`,
    );
  }
  if (name !== undefined && !NAME.test(name)) {
    throw new FederationError(
      'bad-request',
      `--name ${name}: use up to 51 letters, digits, dots, underscores and hyphens, beginning with a letter or digit`,
    );
  }
  return Array.from({ length: count }, (_, i) => {
    const own = ((shard - 1 + i) % shards) + 1;
    const client = name === undefined || count === 1 ? name : `${name}-${own}`;
    const suffix = split === 'train' ? '' : `-${split}`;
    const key = client ?? `${dataset}-${own}of${shards}${suffix}`;
    return { data: { ...data, shard: own }, client, key };
  });
}
