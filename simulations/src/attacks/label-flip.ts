/** Label flipping (Tolpegin et al., arXiv 2007.08432): attackers train honestly on wrong labels. */
import { type HeldSamples, poisoned } from './poison.js';

/**
 * The samples with the attackers' labels turned around, y → K − 1 − y.
 * @throws FederationError `bad-request` where a sample has several labels
 */
export function flipLabels(
  samples: HeldSamples,
  attackers: readonly number[],
  classes: number,
): Promise<HeldSamples> {
  const { training } = samples;
  return poisoned(samples, attackers, (rows) => ({
    bits: training.bits.gatherRows(rows),
    labels:
      'labels' in training
        ? Int32Array.from(rows, (row) => classes - 1 - training.labels[row])
        : new Int32Array(rows.length),
  }));
}
