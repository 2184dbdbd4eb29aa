/**
 * What an update is worth that was trained on an older model. FedBuff (Nguyen et al., arXiv
 * 2106.06639) weighs it by 1/√(1 + s), where s is how many steps the server has made since; here that
 * is a whole number of votes,
 *
 *   W(s) = max(1, round(64/√(1 + s))):   64, 45, 37, 32, 29, 26, 24, 23, 21, 20, …
 *
 * found with integers alone: the largest W with (2W − 1)²·(1 + s) ≤ (2·64)².
 */
import type { Tally } from '@fedhybnn/shared';

/** Votes of an update that is not stale. */
export const FRESH = 64;

/** @param staleness s, whole, at least 0 */
export function stalenessWeight(staleness: number): number {
  let weight = FRESH;
  while (weight > 1 && (2 * weight - 1) * (2 * weight - 1) * (1 + staleness) > 4 * FRESH * FRESH)
    weight--;
  return weight;
}

/** A tally of votes with a weight for each: as many votes as the weight says. */
export function weighted({ count, sums }: Tally, weight: number): Tally {
  return { count: weight * count, sums: Int32Array.from(sums, (sum) => weight * sum) };
}
