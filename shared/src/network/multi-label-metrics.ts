/**
 * Metrics of multi-label classification (Zhang & Zhou, "A review on multi-label learning algorithms",
 * IEEE TKDE 26, 2014), as scikit-learn computes them. `targets` and `answers` are bit matrices
 * [samples][labels]; `scores` are numbers [samples][labels], larger for likelier, such as a head's
 * logits, of which `BitMatrix.fromSigns` makes the answers. All results are in [0, 1].
 */
import type { BitMatrix } from '../kernels/bits.js';

/** Share of wrong answers among all samples × labels; 0 is best. */
export function hammingLoss(targets: BitMatrix, answers: BitMatrix): number {
  const { rows, cols } = targets;
  const wrong = countLabels(targets, answers).reduce((sum, c) => sum + c.missed + c.invented, 0);
  return wrong / (rows * cols);
}

/** F1 of the answers of all labels together; 1 is best, 0 where no label is true or answered. */
export function microF1(targets: BitMatrix, answers: BitMatrix): number {
  const sum: LabelCounts = { found: 0, missed: 0, invented: 0 };
  for (const { found, missed, invented } of countLabels(targets, answers)) {
    sum.found += found;
    sum.missed += missed;
    sum.invented += invented;
  }
  return f1(sum);
}

/** Mean of the labels' own F1; 1 is best. A label that is never true or answered counts as 0. */
export function macroF1(targets: BitMatrix, answers: BitMatrix): number {
  return countLabels(targets, answers).reduce((sum, c) => sum + f1(c), 0) / targets.cols;
}

/**
 * Mean share of the pairs of a true and a false label whose scores stand in the wrong order, ties
 * included; 0 is best. A sample without such a pair counts as 0.
 */
export function rankingLoss(targets: BitMatrix, scores: ArrayLike<number>): number {
  return meanOverSamples(targets, scores, ({ isTrue, score }) => {
    let wrong = 0;
    let pairs = 0;
    for (let t = 0; t < score.length; t++) {
      for (let f = 0; f < score.length; f++) {
        if (!isTrue[t] || isTrue[f]) continue;
        pairs++;
        wrong += Number(score[t] <= score[f]);
      }
    }
    return pairs === 0 ? 0 : wrong / pairs;
  });
}

/**
 * Share of samples whose label of the largest score is false; 0 is best. The lowest label number
 * wins among equals; a sample without a true label counts as 1.
 */
export function oneError(targets: BitMatrix, scores: ArrayLike<number>): number {
  return meanOverSamples(targets, scores, ({ isTrue, score }) =>
    Number(!isTrue[score.indexOf(Math.max(...score))]),
  );
}

/**
 * Label ranking average precision: the mean, over a sample's true labels, of the share of true ones
 * among the labels that score at least as much; 1 is best. A sample with no or only true labels
 * counts as 1.
 */
export function averagePrecision(targets: BitMatrix, scores: ArrayLike<number>): number {
  return meanOverSamples(targets, scores, ({ isTrue, score }) => {
    const relevant = score.filter((_, n) => isTrue[n]);
    if (relevant.length === 0 || relevant.length === score.length) return 1;
    const precisions = relevant.map((limit) => {
      const atLeast = (values: readonly number[]) => values.filter((v) => v >= limit).length;
      return atLeast(relevant) / atLeast(score);
    });
    return precisions.reduce((sum, precision) => sum + precision, 0) / relevant.length;
  });
}

interface LabelCounts {
  found: number;
  missed: number;
  invented: number;
}

function f1({ found, missed, invented }: LabelCounts): number {
  const all = 2 * found + missed + invented;
  return all === 0 ? 0 : (2 * found) / all;
}

/** True positives, false negatives and false positives of each label. */
function countLabels(targets: BitMatrix, answers: BitMatrix): LabelCounts[] {
  const { rows, cols } = targets;
  if (answers.rows !== rows || answers.cols !== cols) {
    throw new RangeError(`${answers.rows} × ${answers.cols} answers to ${rows} × ${cols} targets`);
  }
  return Array.from({ length: cols }, (_, n) => {
    const counts: LabelCounts = { found: 0, missed: 0, invented: 0 };
    for (let i = 0; i < rows; i++) {
      const answered = answers.get(i, n);
      if (targets.get(i, n)) counts[answered ? 'found' : 'missed']++;
      else if (answered) counts.invented++;
    }
    return counts;
  });
}

interface Sample {
  readonly isTrue: readonly boolean[];
  readonly score: readonly number[];
}

function meanOverSamples(
  targets: BitMatrix,
  scores: ArrayLike<number>,
  metric: (sample: Sample) => number,
): number {
  const { rows, cols } = targets;
  if (scores.length !== rows * cols) {
    throw new RangeError(`${scores.length} scores of ${rows} samples × ${cols} labels`);
  }
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    const isTrue = Array.from({ length: cols }, (_, n) => targets.get(i, n));
    const score = Array.from({ length: cols }, (_, n) => scores[i * cols + n]);
    sum += metric({ isTrue, score });
  }
  return sum / rows;
}
