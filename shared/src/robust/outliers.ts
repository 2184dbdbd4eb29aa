/**
 * The outlier screen: votes whose Hamming distance to the majority is unlike that of the others.
 *
 *   d_i  = coordinates on which client i votes against the majority (ties of the majority aside)
 *   m    = median of d,   MAD = median of |d_i − m|
 *   out where |d_i − m| > 5 · max(MAD, ⌈coordinates / 200⌉)
 *
 * Both sides count: who votes the opposite is farther away than anybody honest, and colluders with
 * one identical vote pull the majority to themselves and are nearer. The bound is the usual one of
 * robust statistics (Leys et al. 2013, "Do not use standard deviation around the mean, use absolute
 * deviation around the median"); its floor of half a percent keeps rounds in which all agree alike.
 */

/** What one client voted. */
export interface Ballot {
  readonly client: string;
  /** One bit a coordinate, least significant first. */
  readonly votes: Uint8Array;
}

const FACTOR = 5;
/** One in so many coordinates is the smallest spread. */
const FLOOR = 200;
/** Below so many updates nobody can be called unlike the others. */
const FEWEST = 5;

const BITS = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let rest = byte; rest > 0; rest >>= 1) count += rest & 1;
  return count;
});

/** A side for each coordinate, and where there is one. */
export interface Sides {
  /** A set bit is +1. */
  readonly up: Uint8Array;
  /** A set bit: the coordinate has a side. */
  readonly decided: Uint8Array;
  /** How many have. */
  readonly count: number;
}

/** The side that most voted for. @param sums Σ ±1, one a coordinate */
export function majority(sums: ArrayLike<number>): Sides {
  const up = new Uint8Array((sums.length + 7) >> 3);
  const decided = new Uint8Array(up.length);
  let count = 0;
  for (let i = 0; i < sums.length; i++) {
    if (sums[i] === 0) continue;
    count++;
    decided[i >> 3] |= 1 << (i & 7);
    if (sums[i] > 0) up[i >> 3] |= 1 << (i & 7);
  }
  return { up, decided, count };
}

/** Coordinates with a side on which a ballot is on the other. */
export function dissent(votes: Uint8Array, { up, decided }: Sides): number {
  let distance = 0;
  for (let i = 0; i < up.length; i++) distance += BITS[(votes[i] ^ up[i]) & decided[i]];
  return distance;
}

/**
 * The clients to leave out; the same whatever the order of the ballots.
 * @param sums the tally of all ballots
 * @param share of the ballots that may be left out at most, below 1/2
 */
export function outliers(
  ballots: readonly Ballot[],
  sums: ArrayLike<number>,
  share: number,
): Set<string> {
  if (ballots.length < FEWEST) return new Set();
  const sides = majority(sums);
  const distances = ballots.map(({ client, votes }) => ({
    client,
    distance: dissent(votes, sides),
  }));
  const middle = median(distances.map(({ distance }) => distance));
  const deviations = distances.map(({ client, distance }) => ({
    client,
    deviation: Math.abs(distance - middle),
  }));
  const spread = median(deviations.map(({ deviation }) => deviation));
  const bound = FACTOR * Math.max(spread, Math.ceil(sums.length / FLOOR));
  const out = deviations
    .filter(({ deviation }) => deviation > bound)
    .sort((a, b) => b.deviation - a.deviation || (a.client < b.client ? -1 : 1))
    .slice(0, Math.floor(share * ballots.length));
  return new Set(out.map(({ client }) => client));
}

/** The lower one, where there are two. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[(sorted.length - 1) >> 1];
}
