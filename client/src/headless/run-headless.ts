/** Many clients in one process: one shard of a data set each, training on shared threads. */
import { setMaxListeners } from 'node:events';
import { FederationError } from '@fedhybnn/shared';
import type { DataSpec } from '../datasets/index.js';
import {
  joinFederation,
  MemoryStorage,
  parseFederationAddress,
  type SessionEvent,
  type SessionSummary,
} from '../sdk/index.js';
import { NodePool } from '../worker/node-pool.js';
import { FileStorage } from './file-storage.js';
import { prepareShards } from './prepare-shards.js';
import { planSlots } from './slots.js';
import { stateFile } from './state-folder.js';
import { type HeadlessSummary, summarize } from './summary.js';

export interface HeadlessOptions {
  /** `http://host:8080` or `http://host:8080/task`. */
  readonly url: string;
  /** Data of the first client; the others have the shards that follow, beginning anew at the last. */
  readonly data: DataSpec;
  /** Clients; default 1. */
  readonly count?: number | undefined;
  /** Training threads, shared by all; default 1. */
  readonly workers?: number | undefined;
  /** Id of the client, or what the ids of several begin with; default: drawn by the coordinator. */
  readonly name?: string | undefined;
  /** Folder where clients remember who they are; without it they are new each time. */
  readonly stateFolder?: string | undefined;
  /** For a task that admits by code, where the address does not hold it. */
  readonly joinCode?: string | undefined;
  /** How long a coordinator that does not answer is tried at first. Default 30,000 ms. */
  readonly firstContactMs?: number | undefined;
  /** Events of client `slot`, from 0; those before any client has joined come for slot 0. */
  readonly onEvent?: ((slot: number, event: SessionEvent) => void) | undefined;
  /** Called with one line where something is not as it should be, but goes on. */
  readonly onWarning?: ((message: string) => void) | undefined;
  /** Stops all clients, with a goodbye. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs until the federation has ended or the signal is aborted. If one client cannot go on, all stop.
 * @throws FederationError that client's error; `dataset-missing`; what `joinFederation` throws;
 *   `interrupted` if the signal came before any client had joined
 */
export async function runHeadlessClients(options: HeadlessOptions): Promise<HeadlessSummary> {
  const { count = 1, workers = 1, stateFolder, onEvent, onWarning } = options;
  const start = performance.now();
  const address = parseFederationAddress(options.url);
  const slots = planSlots(options.data, count, options.name);
  const all = new AbortController();
  // Every client listens to it.
  setMaxListeners(0, all.signal);
  const stop = () => all.abort(new FederationError('interrupted', 'the clients were stopped'));
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted) stop();
  let pool: NodePool | undefined;
  try {
    const { signal } = all;
    const prepared = await prepareShards({ ...options, address, slots, signal });
    const { description, shards, traffic } = prepared;
    const trainer = new NodePool({ workers: Math.min(workers, count) });
    pool = trainer;
    const { id } = description.task;
    const outcomes = await Promise.allSettled(
      slots.map(async ({ client, key }, slot) => {
        const path = stateFolder && stateFile(stateFolder, address.base, id, key);
        try {
          const session = await joinFederation({
            url: `${address.base}/${id}`,
            client,
            joinCode: options.joinCode ?? address.code,
            data: { kind: 'bits', data: shards[slot] },
            trainer,
            storage: path ? new FileStorage(path, onWarning) : new MemoryStorage(),
            firstContactMs: options.firstContactMs,
            onEvent: (event) => onEvent?.(slot, event),
            signal,
          });
          return await session.finished;
        } catch (thrown) {
          // The others stop with a goodbye.
          stop();
          throw thrown;
        }
      }),
    );
    const seconds = (performance.now() - start) / 1000;
    return summarize(finished(outcomes), traffic.received, seconds);
  } finally {
    options.signal?.removeEventListener('abort', stop);
    await pool?.close();
  }
}

/** @throws the first error that is a client's own, not the consequence of another's */
function finished(outcomes: readonly PromiseSettledResult<SessionSummary>[]): SessionSummary[] {
  const errors = outcomes
    .filter((outcome) => outcome.status === 'rejected')
    .map(({ reason }) => FederationError.from(reason));
  const own = errors.find(({ code }) => code !== 'interrupted');
  if (own) throw own;
  const summaries = outcomes
    .filter((outcome) => outcome.status === 'fulfilled')
    .map(({ value }) => value);
  if (summaries.length === 0) throw errors[0];
  return summaries;
}
