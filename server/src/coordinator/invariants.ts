/**
 * What the coordinator promises (docs/protocol.md, docs/operations.md), in one place.
 *
 * | | while it runs, before anything is committed | `verify`, afterwards |
 * |---|---|---|
 * | I1 | {@link checkCounted}: a sealed round counts all that was acked | updates stored = updates counted, none of a round that nobody opened |
 * | I2 | {@link checkCounted}: and nothing else | each update of a chosen client, its bytes those of its digest |
 * | I3 | {@link checkStep}: the step as clients read it leads to the model | steps, tallies and models replayed |
 * | I4 | {@link checkFollows}: the new entry hangs on the stored one | every chain hash |
 * | I5 | {@link checkFollows}; the store publishes round n after n − 1 only | rounds without gaps, attempts on the model before |
 * | I7 | {@link checkInitialModel}: this machine makes the task's first model | the same |
 *
 * I6 (the privacy ledger never under-reports) has nothing to check yet: there is no ledger.
 * A federation that its operator ended before a round had its minimum leaves that round's updates
 * uncounted: `verify` reports them as waiting.
 */
import {
  advanceModel,
  decodeStep,
  encodeModel,
  FederationError,
  type GlobalModel,
  initialModel,
  type PublishedRound,
  type RoundBinding,
  type RoundContext,
  type Task,
} from '@fedhybnn/shared';
import { contentHash } from '../store/content-hash.js';

export const INVARIANTS = {
  I1: 'every acked update is counted exactly once, in exactly one round',
  I2: 'nothing that was refused or not acked is counted',
  I3: 'a published model equals the replay of the journal, bit for bit',
  I4: 'the hash chain verifies',
  I5: 'models follow one another without gaps and forks',
  I7: 'the same seed gives the same bytes on every machine',
} as const;

export type Invariant = keyof typeof INVARIANTS;

/** An invariant by its name and its words, for a message. */
export function invariantName(invariant: Invariant): string {
  return `${invariant}, ${INVARIANTS[invariant]}`;
}

function broken(invariant: Invariant, place: string, what: string): never {
  throw new FederationError(
    'invariant-broken',
    `${place}: ${what} (${invariantName(invariant)}); nothing of it was committed; run fedhybnn-coordinator verify`,
  );
}

/**
 * I1 and I2, while a sealed round is counted: passes on what the store holds of it.
 * @param acked client → digest, as the round machine accepted them
 * @param stored what would be counted, in pages
 */
export async function* checkCounted<T extends { readonly client: string; readonly digest: string }>(
  place: string,
  acked: ReadonlyMap<string, string>,
  stored: AsyncIterable<readonly T[]>,
): AsyncGenerator<readonly T[]> {
  const there = new Set<string>();
  for await (const page of stored) {
    for (const { client, digest } of page) {
      if (acked.get(client) !== digest || there.has(client)) {
        broken('I2', place, `the store has an update of ${client} that was not accepted`);
      }
      there.add(client);
    }
    yield page;
  }
  const lost = [...acked.keys()].filter((client) => !there.has(client));
  if (lost.length === 0) return;
  broken('I1', place, `the store has lost the updates of ${lost.slice(0, 3).join(', ')}`);
}

/** I3, before a round is published: whoever applies the step file has the model that it names. */
export function checkStep(
  place: string,
  global: GlobalModel,
  published: { readonly stepFile: Uint8Array; readonly modelHash: string },
  binding: RoundBinding,
  context: RoundContext,
): void {
  const { rule, taskHash } = binding;
  const step = decodeStep(published.stepFile, binding);
  const model = advanceModel(rule, global, step, context);
  if (contentHash(encodeModel({ taskHash, model })) === published.modelHash) return;
  broken('I3', place, 'the step file does not lead to the model');
}

/** The last committed state, as the store has it. */
export interface Committed {
  readonly latest: (Pick<PublishedRound, 'round' | 'model'> & { readonly chain: string }) | null;
}

/** I4 and I5, before a round is published: it hangs on what the store holds. */
export function checkFollows(
  place: string,
  { latest }: Committed,
  next: { readonly round: number; readonly base: string; readonly previous: string },
  start: { readonly model: string; readonly chain: string },
): void {
  const round = latest?.round ?? 0;
  if (next.round !== round + 1) {
    broken('I5', place, `round ${next.round} would follow round ${round}`);
  }
  if (next.base !== (latest?.model ?? start.model)) {
    broken('I5', place, 'it was played on another model than the last published one');
  }
  if (next.previous !== (latest?.chain ?? start.chain)) {
    broken('I4', place, 'its chain hash does not follow the last published one');
  }
}

/** I7, at the start: this machine makes the bytes that the task was created with. */
export function checkInitialModel(task: Task, taskHash: string, expected: string): void {
  const made = contentHash(encodeModel({ taskHash, model: initialModel(task) }));
  if (made === expected) return;
  broken('I7', `task ${task.id}`, 'this machine makes another initial model than the one stored');
}
