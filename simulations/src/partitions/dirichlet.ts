/**
 * Label skew by Dirichlet shares (Hsu, Qi & Brown, arXiv 1909.06335): every client draws its own
 * label distribution from Dirichlet(α) and receives an equal number of samples by it. Small α: few
 * labels a client; large α: nearly iid.
 *
 * Samples run out: a client then takes its draw from the labels that are left, renormalized, so that
 * every sample is dealt once and sizes differ by at most one.
 */
import type { Random } from '@fedhybnn/shared';
import { DealtPartition, type Partition } from './dealt.js';
import { gamma } from './draws.js';
import { shuffledPiles } from './piles.js';

/** @param alpha concentration, > 0 */
export function dirichletPartition(
  labels: Int32Array,
  clients: number,
  alpha: number,
  random: Random,
): Partition {
  const piles = shuffledPiles(labels, random);
  const hands: number[][] = Array.from({ length: clients }, () => []);
  const shares = hands.map(() => dirichlet(piles.length, alpha, random));
  const sizes = hands.map(
    (_, c) =>
      Math.floor(((c + 1) * labels.length) / clients) - Math.floor((c * labels.length) / clients),
  );
  // One sample a client in turn, so that no client is left with only the scraps of the others.
  for (let turn = 0, dealt = 0; dealt < labels.length; turn++) {
    for (let c = 0; c < clients; c++) {
      if (turn >= sizes[c]) continue;
      const sample = piles[drawLabel(shares[c], piles, random)].pop();
      if (sample === undefined) throw new Error('drawLabel chose an empty pile');
      hands[c].push(sample);
      dealt++;
    }
  }
  return DealtPartition.ofHands(hands);
}

/** A label by the client's shares among the piles that are not empty. */
function drawLabel(share: Float64Array, piles: readonly number[][], random: Random): number {
  let left = 0;
  for (let k = 0; k < piles.length; k++) if (piles[k].length > 0) left += share[k];
  let draw = random.unit() * left;
  let last = -1;
  for (let k = 0; k < piles.length; k++) {
    if (piles[k].length === 0) continue;
    last = k;
    draw -= share[k];
    if (draw < 0) return k;
  }
  return last;
}

/** Dirichlet(α, …, α) as normalized gamma draws. */
function dirichlet(classes: number, alpha: number, random: Random): Float64Array {
  const draws = Float64Array.from({ length: classes }, () => gamma(alpha, random));
  const sum = draws.reduce((total, draw) => total + draw, 0);
  // For tiny α every draw can underflow: the limit distribution is then a single label.
  if (sum === 0) draws[random.below(classes)] = 1;
  return sum === 0 ? draws : draws.map((draw) => draw / sum);
}
