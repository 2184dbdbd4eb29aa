/**
 * Quantity skew: labels are dealt iid, but clients differ in how much they have. Sizes are
 * log-normal, as in the synthetic data of FedProx (Li et al., arXiv 1812.06127, whose code draws
 * them so):
 *
 *   n_c = 1 + apportion(n − C, w_c),   w_c = exp(σ·z_c),   z_c ~ N(0, 1)
 *
 * where `apportion` rounds shares to whole numbers that sum to n − C. σ = 0.5: the largest of a
 * hundred clients has some 10 times as much as the smallest; σ = 1: some 100 times.
 */
import { exp, type Random } from '@fedhybnn/shared';
import { apportion } from './apportion.js';
import { DealtPartition, type Partition } from './dealt.js';
import { normal } from './draws.js';

/** @param sigma σ > 0 */
export function quantityPartition(
  samples: number,
  clients: number,
  sigma: number,
  random: Random,
): Partition {
  const weights = Float64Array.from({ length: clients }, () => exp(sigma * normal(random)));
  const sizes = apportion(weights, samples - clients).map((part) => part + 1);
  const deck = random.shuffle(Uint32Array.from({ length: samples }, (_, i) => i));
  let start = 0;
  return DealtPartition.ofHands(
    Array.from(sizes, (size) => {
      start += size;
      return deck.subarray(start - size, start);
    }),
  );
}
