/** What must hold after every kill: nothing that a client was promised is lost, nothing else is there. */
import { sha256Hex } from '@fedhybnn/shared';
import { openStore, type StorePlace } from '../store/open-store.js';
import type { Store } from '../store/store.js';
import type { VotingClient } from '../testing/tiny-federation.js';

/** What breaks a promise, in words; empty where all is well. */
export async function brokenPromises(
  place: StorePlace,
  task: string,
  clients: readonly VotingClient[],
  sinceRound: number,
): Promise<string[]> {
  const store = await openStore(place);
  try {
    const broken: string[] = [];
    for (const client of clients) broken.push(...(await ofClient(store, task, client, sinceRound)));
    const rounds = (await store.journal(task, 0, 1_000_000)).map(({ round }) => round);
    if (rounds.some((round, i) => round !== i + 1)) broken.push('I5: rounds have gaps');
    return broken;
  } finally {
    await store.close();
  }
}

async function ofClient(
  store: Store,
  task: string,
  { id, receipts, frames }: VotingClient,
  sinceRound: number,
): Promise<string[]> {
  const broken: string[] = [];
  const last = await store.lastUpdateRound(task);
  for (let round = sinceRound; round <= last; round++) {
    const receipt = receipts.get(round);
    const stored = await store.findUpdate(task, round, id);
    if (receipt !== undefined && stored?.digest !== receipt.digest) {
      broken.push(`I1: the update of ${id} in round ${round} was acked and is not there`);
    }
    const sent = frames.get(round);
    const own = sent !== undefined && stored?.digest === sha256Hex(sent);
    if (stored !== null && !own) {
      broken.push(`I2: an update of ${id} in round ${round} is there that was never sent`);
    }
  }
  const late = [...receipts.keys()].find((round) => round > last);
  if (late !== undefined)
    broken.push(`I1: the update of ${id} in round ${late} was acked and is lost`);
  return broken;
}
