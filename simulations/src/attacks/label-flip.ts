/** Label flipping (Tolpegin et al., arXiv 2007.08432): attackers train honestly on wrong labels. */
import { FederationError, type LabeledBits } from '@fedhybnn/shared';
import type { Partition } from '../partitions/index.js';

/**
 * The training samples with the attackers' labels turned around, y → K − 1 − y.
 * @param partition rows of each client; a row belongs to one client
 * @throws FederationError `bad-request` where a sample has several labels
 */
export function flipLabels(
  data: LabeledBits,
  partition: Partition,
  attackers: readonly number[],
  classes: number,
): LabeledBits {
  if ('targets' in data) {
    throw new FederationError(
      'bad-request',
      '--attack label-flip: needs one label a sample; choose another attack',
    );
  }
  // A copy of the same kind; pools of threads share the memory of the original.
  const labels = data.labels.slice();
  for (const attacker of attackers) {
    for (const row of partition.rows(attacker)) labels[row] = classes - 1 - data.labels[row];
  }
  return { ...data, labels };
}
