import type { Random } from '@fedhybnn/shared';
import { DealtPartition, type Partition } from './dealt.js';

/** A shuffled deck dealt in equal hands: sizes differ by at most one. */
export function iidPartition(samples: number, clients: number, random: Random): Partition {
  const deck = random.shuffle(Uint32Array.from({ length: samples }, (_, i) => i));
  return DealtPartition.ofDeck(deck, clients);
}
