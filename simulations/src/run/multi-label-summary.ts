/** What a summary says of multi-label classification besides the share of right decisions. */
import {
  averagePrecision,
  BitMatrix,
  type GlobalModel,
  HeadEvaluator,
  hammingLoss,
  type LabeledBits,
  macroF1,
  microF1,
  oneError,
  rankingLoss,
  type Task,
} from '@fedhybnn/shared';

/** In [0, 1]: three losses, of which 0 is best, then three of which 1 is best. */
export interface MultiLabelSummary {
  readonly hammingLoss: number;
  readonly rankingLoss: number;
  readonly oneError: number;
  readonly averagePrecision: number;
  readonly microF1: number;
  readonly macroF1: number;
}

/** The metrics of a model on test samples; nothing for other tasks. */
export async function multiLabelSummary(
  task: Task,
  model: GlobalModel,
  test: LabeledBits,
): Promise<MultiLabelSummary | undefined> {
  if (!('targets' in test)) return undefined;
  const evaluator = await HeadEvaluator.create(task);
  return multiLabelMetrics(test.targets, evaluator.logits(model, test.bits));
}

/**
 * All six, to five digits.
 * @param logits [samples][labels]; an answer is yes from 0 on
 */
export function multiLabelMetrics(
  targets: BitMatrix,
  logits: ArrayLike<number>,
): MultiLabelSummary {
  const answers = BitMatrix.fromSigns(targets.rows, targets.cols, logits);
  const rounded = (value: number) => Number(value.toFixed(5));
  return {
    hammingLoss: rounded(hammingLoss(targets, answers)),
    rankingLoss: rounded(rankingLoss(targets, logits)),
    oneError: rounded(oneError(targets, logits)),
    averagePrecision: rounded(averagePrecision(targets, logits)),
    microF1: rounded(microF1(targets, answers)),
    macroF1: rounded(macroF1(targets, answers)),
  };
}
