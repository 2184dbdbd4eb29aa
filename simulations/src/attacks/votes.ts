/**
 * Forged votes: +1 or −1 a coordinate, as signs. S is the sum of the honest votes of the round (±1
 * each) on a coordinate, n their number, μ = S/n.
 *
 * ALIE ("A little is enough", Baruch et al., arXiv 1902.06156) stays within z standard deviations of
 * the honest mean. A vote's deviation is √(1 − μ²), so the attacker can vote against the majority
 * unseen where μ² < z²·(1 − μ²), that is (1 + z²)·S² < z²·n²: where honest votes are split.
 *
 * Inner-product manipulation (Xie et al., arXiv 1903.03936) wants the mean of what it sends to be
 * −ε·μ: a vote is +1 with probability (1 − ε·μ)/2.
 */
import { Random, type Seed } from '@fedhybnn/shared';

/** A side for each coordinate: +1, −1, or 0 for none. */
export type Signs = Int8Array;

/** The opposite of what was voted, 0 where nothing was. @param sums of one update's tally */
export function opposite(sums: ArrayLike<number>): Signs {
  return Int8Array.from(sums, (sum) => -Math.sign(sum));
}

/** Against the honest majority everywhere. */
export function against(sums: ArrayLike<number>): Signs {
  return Int8Array.from(sums, (sum) => (sum < 0 ? 1 : -1));
}

/** Against the honest majority where it is small, with it elsewhere. */
export function littleIsEnough(sums: ArrayLike<number>, honest: number, z: number): Signs {
  return Int8Array.from(sums, (sum) => {
    const split = (1 + z * z) * sum * sum < z * z * honest * honest;
    const up = split ? sum < 0 : sum > 0;
    return up ? 1 : -1;
  });
}

/** Coins whose mean is −ε times the honest one, as far as votes go. */
export function innerProduct(
  sums: ArrayLike<number>,
  honest: number,
  epsilon: number,
  seed: Seed,
): Signs {
  const random = new Random(seed);
  return Int8Array.from(sums, (sum) =>
    2 * random.unit() - 1 < (-epsilon * sum) / honest ? 1 : -1,
  );
}

export function coins(coordinates: number, seed: Seed): Signs {
  const random = new Random(seed);
  return Int8Array.from({ length: coordinates }, () => (random.uint32() >>> 31 === 1 ? 1 : -1));
}

/** As a payload of one bit a coordinate, least significant bit first, +1 where it is set. */
export function packVotes(signs: Signs, bytes: number): Uint8Array {
  const votes = new Uint8Array(bytes);
  signs.forEach((sign, i) => {
    if (sign > 0) votes[i >> 3] |= 1 << (i & 7);
  });
  return votes;
}
