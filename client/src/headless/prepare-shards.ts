/** From the name of a data set to the latent bits of each client. */
import type { LabeledBits } from '@fedhybnn/shared';
import { cachedLatentBits, loadNamedDataset, takeShard } from '../datasets/index.js';
import {
  CoordinatorHttp,
  type FederationAddress,
  fetchExtractor,
  findTask,
  firstContact,
  randomSeed,
  type SessionEvent,
  type TaskDescription,
  Traffic,
} from '../sdk/index.js';
import type { Slot } from './slots.js';

export interface ShardsRequest {
  readonly address: FederationAddress;
  readonly slots: readonly Slot[];
  readonly signal: AbortSignal;
  readonly firstContactMs?: number | undefined;
  readonly onEvent?: ((slot: number, event: SessionEvent) => void) | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
}

export interface PreparedShards {
  readonly description: TaskDescription;
  /** One for each slot. */
  readonly shards: readonly LabeledBits[];
  /** What this took. */
  readonly traffic: Traffic;
}

/**
 * Loads the data set, asks the coordinator for task and extractor, and extracts each slot's shard;
 * bits that were extracted before come from the cache.
 */
export async function prepareShards(request: ShardsRequest): Promise<PreparedShards> {
  const { address, slots, signal, onEvent, onWarning, firstContactMs } = request;
  const emit = (event: SessionEvent) => onEvent?.(0, event);
  const dataset = await loadNamedDataset(slots[0].data.dataset, slots[0].data.split);
  const traffic = new Traffic();
  const http = new CoordinatorHttp({ base: address.base, traffic, signal });
  const patient = firstContact({ firstContactMs, seed: randomSeed(), signal, emit });
  const description = await patient(() => findTask(http, address));
  const extractor = await patient(() => fetchExtractor(http, description.task));
  const shards: LabeledBits[] = [];
  try {
    for (const [slot, { data }] of slots.entries()) {
      const start = performance.now();
      const shard = takeShard(dataset, data.shard, data.shards);
      const bits = await cachedLatentBits({
        extractor,
        dataset: shard,
        onProgress: (done) => onEvent?.(slot, { type: 'extracting', done }),
        onWarning,
      });
      signal.throwIfAborted();
      shards.push({ bits, labels: shard.labels });
      const ms = Math.round(performance.now() - start);
      onEvent?.(slot, { type: 'extracted', samples: bits.rows, ms });
    }
  } finally {
    extractor.dispose();
  }
  return { description, shards, traffic };
}
