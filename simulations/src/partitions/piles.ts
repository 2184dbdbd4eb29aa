import type { Random } from '@fedhybnn/shared';

/** The samples of each label, shuffled; empty for a label below the largest that no sample has. */
export function shuffledPiles(labels: Int32Array, random: Random): number[][] {
  const classes = labels.reduce((top, label) => Math.max(top, label), 0) + 1;
  const piles: number[][] = Array.from({ length: classes }, () => []);
  labels.forEach((label, i) => {
    piles[label].push(i);
  });
  for (const pile of piles) random.shuffle(pile);
  return piles;
}
