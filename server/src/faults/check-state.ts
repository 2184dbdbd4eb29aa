/** What must hold of a coordinator's state after any fault, given what its clients know. */
import { FederationError, type Task } from '@fedhybnn/shared';
import { openStore, type StorePlace } from '../store/open-store.js';
import type { JournalEntry, Store } from '../store/store.js';
import { verifyFolder } from '../verify-folder.js';
import type { ResumingVoter } from './resuming-voter.js';

export interface CheckedState {
  /** Published rounds. */
  readonly rounds: number;
  /** Receipts that the clients hold, and how many of them the store does not have as they say. */
  readonly acked: number;
  readonly lost: number;
  /** What does not hold, in words that name the invariant. */
  readonly problems: string[];
}

export interface StateToCheck {
  readonly place: StorePlace;
  readonly task: Task;
  readonly voters: readonly ResumingVoter[];
  /** Chain hash of every round ever seen published: grows with each check. */
  readonly seen: Map<number, string>;
  /** Whether the task was there before: then it must be. */
  readonly created: boolean;
  /** Nobody is sending: then every update stored for a published round has its receipt. */
  readonly settled?: boolean;
}

/** Reads the whole state. The coordinator may run or not. */
export async function checkState(state: StateToCheck): Promise<CheckedState> {
  const { place, task, voters } = state;
  // Before the store is read: what is acked now must be found in it.
  const receipts = voters.flatMap((voter) =>
    [...voter.receipts].map(([round, receipt]) => ({ client: voter.client, round, ...receipt })),
  );
  const problems = voters.flatMap((voter) => voter.problems);
  const store = await openStore(place);
  try {
    if (!(await store.tasks()).some(({ id }) => id === task.id)) {
      if (state.created) problems.push('the task is gone');
      return { rounds: 0, acked: receipts.length, lost: receipts.length, problems };
    }
    problems.push(...(await journalProblems(place, task.id)));
    const journal = await store.journal(task.id, 0, 1_000_000);
    problems.push(...orderProblems(journal, state));
    const rounds = journal.length;
    const rows = await storedUpdates(store, task.id, rounds + 1);
    let lost = 0;
    for (const { client, round, sequence, digest } of receipts) {
      const row = rows.get(`${round}/${client}`);
      if (row?.sequence === sequence && row.digest === digest) continue;
      lost++;
      problems.push(`${client}: its receipt ${sequence} of round ${round} is not stored (I1)`);
    }
    problems.push(...countingProblems(rows, rounds, state));
    return { rounds, acked: receipts.length, lost, problems };
  } finally {
    await store.close();
  }
}

/** I3 and I4, and that the journal counts as many updates as are stored. */
async function journalProblems(place: StorePlace, task: string): Promise<string[]> {
  try {
    await verifyFolder(place.data, task, place.database);
    return [];
  } catch (error) {
    return [`${FederationError.from(error).message} (I3, I4)`];
  }
}

/** I5: rounds 1 to n without gaps, none taken back or changed, and as the clients were told. */
function orderProblems(journal: readonly JournalEntry[], state: StateToCheck): string[] {
  const { seen, voters } = state;
  const problems: string[] = [];
  journal.forEach(({ round, chain }, i) => {
    if (round !== i + 1) problems.push(`round ${i + 1} is missing from the journal (I5)`);
    if ((seen.get(round) ?? chain) !== chain) problems.push(`round ${round} has changed (I5)`);
    seen.set(round, chain);
  });
  if (seen.size > journal.length) problems.push(`${seen.size - journal.length} rounds gone (I5)`);
  for (const { client, closed } of voters) {
    for (const [round, { model, counted }] of closed) {
      const entry = journal[round - 1];
      // What was announced after the journal was read is found by the next check.
      if (entry === undefined ? state.settled === true : entry.model !== model)
        problems.push(`${client}: was told another model of round ${round} (I5)`);
      if (entry !== undefined && entry.counted !== counted)
        problems.push(`${client}: was told another count of round ${round} (I5)`);
    }
  }
  return problems;
}

interface Row {
  readonly client: string;
  readonly round: number;
  readonly digest: string;
  readonly sequence: number;
}

async function storedUpdates(
  store: Store,
  task: string,
  rounds: number,
): Promise<Map<string, Row>> {
  const rows = new Map<string, Row>();
  for (let round = 1; round <= rounds; round++) {
    for (const { client, digest, sequence } of await store.updates(task, round)) {
      rows.set(`${round}/${client}`, { client, round, digest, sequence });
    }
  }
  return rows;
}

/** I1, exactly one round, and I2, nothing that was refused or never sent. */
function countingProblems(
  rows: ReadonlyMap<string, Row>,
  rounds: number,
  { voters, settled }: StateToCheck,
): string[] {
  const problems: string[] = [];
  const voterOf = new Map(voters.map((voter) => [voter.client, voter]));
  const digests = new Set<string>();
  for (const { client, round, digest } of rows.values()) {
    const voter = voterOf.get(client);
    if (digests.has(digest)) problems.push(`${client}: counted in two rounds (I1)`);
    digests.add(digest);
    if (voter === undefined || !voter.sent.has(digest))
      problems.push(`${client}: round ${round} has an update that was never sent (I2)`);
    if (voter?.refused.has(digest))
      problems.push(`${client}: round ${round} has an update that was refused (I2)`);
    if (settled === true && round <= rounds && voter?.receipts.has(round) !== true)
      problems.push(`${client}: counted in round ${round} without a receipt (I2)`);
  }
  return problems;
}
