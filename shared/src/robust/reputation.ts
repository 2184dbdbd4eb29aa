/**
 * Reputation: what a client's votes have been worth so far, as an integer that every replay of the
 * journal finds again. Whoever agrees with what the round decided gains 1, up to 4; whoever dissents
 * or is an outlier loses 2. At the task's lowest score a client's votes do not count; they are
 * compared all the same, so that who begins to agree comes back.
 *
 *   S^i = sum of the counted votes but client i's own
 *   d_i = share of the coordinates with S^i ≠ 0 on which client i is on the other side, in ‰
 *   m   = median of d;   client i dissents where d_i > 5/4 · max(m, 50)
 *
 * Without the client's own vote, since every vote has a part in the sum: else who is left out would
 * seem to dissent more than who is not. Compared with the others, not with one half, which honest
 * clients with unusual data may reach.
 */
import { type Ballot, median } from './outliers.js';

/** What became of an accepted update. */
export type Verdict =
  | 'counted'
  /** Counted, though it voted against the step more than others. */
  | 'dissent'
  | 'outlier'
  /** Not counted for its client's score, though it agrees. */
  | 'distrusted'
  | 'distrusted-dissent';

/** Client → verdict, of one round. */
export type Verdicts = Readonly<Record<string, Verdict>>;

const CHANGE: Record<Verdict, number> = {
  counted: 1,
  dissent: -2,
  outlier: -2,
  distrusted: 1,
  'distrusted-dissent': 0,
};
const HIGHEST = 4;

/**
 * The clients that voted against the others more than the others did.
 * @param sums tally of the ballots that count
 */
export function dissenters(
  ballots: readonly Ballot[],
  sums: ArrayLike<number>,
  counts: (client: string) => boolean,
): Set<string> {
  const distances = ballots.map(({ client, votes }) => ({
    client,
    distance: distanceToOthers(votes, sums, counts(client) ? 1 : 0),
  }));
  const usual = Math.max(median(distances.map(({ distance }) => distance)), LEAST);
  const out = distances.filter(({ distance }) => 4 * distance > 5 * usual);
  return new Set(out.map(({ client }) => client));
}

/** Per mille. */
const LEAST = 50;

/** @param own 1 where the votes are part of the sums, else 0 */
function distanceToOthers(votes: Uint8Array, sums: ArrayLike<number>, own: number): number {
  let decided = 0;
  let distance = 0;
  for (let i = 0; i < sums.length; i++) {
    const vote = 2 * ((votes[i >> 3] >> (i & 7)) & 1) - 1;
    const others = sums[i] - own * vote;
    if (others === 0) continue;
    decided++;
    if (others > 0 !== vote > 0) distance++;
  }
  return decided === 0 ? 0 : Math.floor((1000 * distance) / decided);
}

/** Whether the votes of an update went into the tally. */
export function isCounted(verdict: Verdict): boolean {
  return verdict === 'counted' || verdict === 'dissent';
}

/** Scores of all clients that have ever voted; who has not stands at 0. */
export type Scores = ReadonlyMap<string, number>;

/** The scores after a round. */
export function nextScores(scores: Scores, verdicts: Verdicts): Map<string, number> {
  const next = new Map(scores);
  for (const [client, verdict] of Object.entries(verdicts)) {
    next.set(client, Math.min(HIGHEST, (next.get(client) ?? 0) + CHANGE[verdict]));
  }
  return next;
}
