/** How well a model knows each class, and what it takes each for. */
import type { SingleLabelBits } from '@fedhybnn/shared';

/** [true label][answer]: samples. */
export type Confusion = readonly (readonly number[])[];

export function confusionOf(
  labels: SingleLabelBits['labels'],
  answers: Int32Array,
  classes: number,
): Confusion {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < labels.length; i++) counts[labels[i]][answers[i]]++;
  return counts;
}

/** Share of each class's samples that are answered rightly; 0 for a class without samples. */
export function classAccuracies(confusion: Confusion): number[] {
  return confusion.map((row, label) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return total === 0 ? 0 : row[label] / total;
  });
}
