/**
 * Forged votes, one bit a coordinate, least significant bit first. S is the sum of the honest votes
 * of the round (±1 each) on a coordinate, n their number.
 *
 * ALIE ("A little is enough", Baruch et al., arXiv 1902.06156) stays within z standard deviations of
 * the honest mean μ = S/n. A vote's deviation is √(1 − μ²), so with z = 1 the attacker can vote
 * against the majority unseen where μ² < 1 − μ², that is 2·S² < n²: where honest votes are split.
 */
import { Random, type Seed } from '@fedhybnn/shared';

/** The opposite on every coordinate. */
export function opposite(votes: Uint8Array, coordinates: number): Uint8Array {
  return fill(coordinates, votes.length, (i) => ((votes[i >> 3] >> (i & 7)) & 1) === 0);
}

/** Against the honest majority everywhere. */
export function against(sums: ArrayLike<number>, bytes: number): Uint8Array {
  return fill(sums.length, bytes, (i) => sums[i] < 0);
}

/** Against the honest majority where it is small, with it elsewhere. */
export function littleIsEnough(sums: ArrayLike<number>, honest: number, bytes: number): Uint8Array {
  return fill(sums.length, bytes, (i) => {
    const split = 2 * sums[i] * sums[i] < honest * honest;
    return split ? sums[i] < 0 : sums[i] > 0;
  });
}

export function coins(coordinates: number, bytes: number, seed: Seed): Uint8Array {
  const random = new Random(seed);
  return fill(coordinates, bytes, () => random.uint32() >>> 31 === 1);
}

function fill(coordinates: number, bytes: number, up: (i: number) => boolean): Uint8Array {
  const votes = new Uint8Array(bytes);
  for (let i = 0; i < coordinates; i++) if (up(i)) votes[i >> 3] |= 1 << (i & 7);
  return votes;
}
