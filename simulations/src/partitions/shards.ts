/**
 * Sorted shards (McMahan et al., arXiv 1602.05629): samples are sorted by label, the sorted deck is
 * cut into clients · k shards of equal size, and each client draws k of them.
 *
 *   shard j = deck[⌊j·n/(C·k)⌋ … ⌊(j + 1)·n/(C·k)⌋),   j = 0 … C·k − 1
 *
 * A client has samples of at most k labels where labels have the same number of samples and that is
 * a multiple of the shard's; elsewhere a shard may reach over the border of two labels. `classes:k`
 * is the same idea with exactly k labels.
 */
import { FederationError, type Random } from '@fedhybnn/shared';
import { DealtPartition, type Partition } from './dealt.js';
import { shuffledPiles } from './piles.js';

/**
 * @param k shards a client
 * @throws FederationError `bad-request` if there are fewer samples than shards
 */
export function shardsPartition(
  labels: Int32Array,
  clients: number,
  k: number,
  random: Random,
): Partition {
  const shards = clients * k;
  if (shards > labels.length) {
    throw new FederationError(
      'bad-request',
      `--partition shards:${k}: ${clients} clients need ${shards} shards, but there are ${labels.length} samples; take fewer clients or a smaller k`,
    );
  }
  // Samples of one label in random order: files may be sorted by something else already.
  const deck = Uint32Array.from(shuffledPiles(labels, random).flat());
  const drawn = random.shuffle(Uint32Array.from({ length: shards }, (_, j) => j));
  const cut = (j: number) => Math.floor((j * deck.length) / shards);
  const hands = Array.from({ length: clients }, (_, c) => {
    const own = drawn.subarray(c * k, (c + 1) * k);
    return [...own].flatMap((j) => [...deck.subarray(cut(j), cut(j + 1))]);
  });
  return DealtPartition.ofHands(hands);
}
