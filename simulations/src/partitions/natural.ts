/**
 * The natural partition: each client is one person, device or place that samples really came from,
 * as with the writers of FEMNIST (Caldas et al., LEAF, arXiv 1812.01097). Nothing is dealt; of more
 * owners than clients a seeded choice takes part, and the samples of the others train nothing.
 */
import { FederationError, type Random } from '@fedhybnn/shared';
import { DealtPartition, type Partition } from './dealt.js';

/**
 * @param owners whose each sample is, a number in [0, owners); undefined where the data do not say
 * @throws FederationError `bad-request` without owners, or with fewer owners than clients
 */
export function naturalPartition(
  owners: Int32Array | undefined,
  clients: number,
  random: Random,
): Partition {
  if (owners === undefined) {
    throw new FederationError(
      'bad-request',
      '--partition natural: the data set does not say whose its samples are; take a CSV file with --natural-column COLUMN, or a folder with a subfolder for each owner in every class, or another partition',
    );
  }
  const hands: number[][] = [];
  owners.forEach((owner, row) => {
    hands[owner] ??= [];
    hands[owner].push(row);
  });
  // Owners of which the training split has nothing leave holes.
  const present = hands.filter((hand) => hand !== undefined);
  if (present.length < clients) {
    throw new FederationError(
      'bad-request',
      `--partition natural: the training samples have ${present.length} owners; use --clients ${present.length} or fewer`,
    );
  }
  return DealtPartition.ofHands(random.sample(present.length, clients).map((i) => present[i]));
}
