/**
 * Places for labels along a line: each as near to where it wants to be as a gap between neighbors
 * allows, in the same order. Least squares under that order: groups of labels that touch are merged
 * and move to their mean (pool adjacent violators).
 */
export function spread(wanted: readonly number[], gap: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b] || a - b);
  // Without the gaps, what is left is to be non-decreasing.
  const groups: { sum: number; count: number }[] = [];
  order.forEach((index, rank) => {
    let group = { sum: wanted[index] - rank * gap, count: 1 };
    for (let last = groups.at(-1); last !== undefined; last = groups.at(-1)) {
      if (last.sum / last.count <= group.sum / group.count) break;
      groups.pop();
      group = { sum: group.sum + last.sum, count: group.count + last.count };
    }
    groups.push(group);
  });
  const levels = groups.flatMap(({ sum, count }) => new Array<number>(count).fill(sum / count));
  const places = new Array<number>(wanted.length);
  order.forEach((index, rank) => {
    places[index] = levels[rank] + rank * gap;
  });
  return places;
}
