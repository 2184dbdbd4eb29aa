import type { Random } from '@fedhybnn/shared';

/** A shuffled deck dealt in equal hands: sizes differ by at most one. */
export function iidPartition(samples: number, clients: number, random: Random): Uint32Array[] {
  const deck = random.shuffle(Uint32Array.from({ length: samples }, (_, i) => i));
  return Array.from({ length: clients }, (_, c) =>
    deck.slice(Math.floor((c * samples) / clients), Math.floor(((c + 1) * samples) / clients)),
  );
}
