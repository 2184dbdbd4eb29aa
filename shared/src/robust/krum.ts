/**
 * Krum and multi-Krum (Blanchard et al., arXiv 1703.02757): the updates that have the nearest
 * neighbors. With n updates, at most f of them from attackers, 2f + 2 < n:
 *
 *   s(i) = Σ ‖d_i − d_j‖² over the n − f − 2 nearest j ≠ i
 *   Krum: the update of the smallest s;   multi-Krum: the mean of the n − f smallest
 *
 * Distances are summed in f64 in the order of the parameters, scores from the nearest on, ties go by
 * client id: the same choice in any order of the updates. O(n²) distances.
 */
import type { Drift } from './drifts.js';

/** The updates in the order of their scores, best first. */
export function byKrumScore(drifts: readonly Drift[], attackers: number): readonly Drift[] {
  const n = drifts.length;
  const neighbors = Math.max(0, n - byzantine(n, attackers) - 2);
  const distances = drifts.map(() => new Float64Array(n));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const distance = squaredDistance(drifts[i].values, drifts[j].values);
      distances[i][j] = distance;
      distances[j][i] = distance;
    }
  }
  return drifts
    .map((drift, i) => ({ drift, score: scoreOf(distances[i], neighbors) }))
    .sort((a, b) => a.score - b.score || (a.drift.client < b.drift.client ? -1 : 1))
    .map(({ drift }) => drift);
}

/** f: how many attackers Krum can stand, at most the share that is asked for. */
export function byzantine(n: number, attackers: number): number {
  return Math.max(0, Math.min(Math.floor(attackers * n), Math.floor((n - 3) / 2)));
}

/** The first of the sorted distances is one's own, 0. */
function scoreOf(distances: Float64Array, neighbors: number): number {
  const sorted = Float64Array.from(distances).sort();
  let score = 0;
  for (let k = 1; k <= neighbors; k++) score += sorted[k];
  return score;
}

function squaredDistance(a: Int32Array, b: Int32Array): number {
  let distance = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i] - b[i];
    distance += difference * difference;
  }
  return distance;
}
