/** The operator's own measure of a model: right answers on a labeled set that never leaves here. */
import { decodeBitsFile, type GlobalModel, HeadEvaluator, type Task } from '@fedhybnn/shared';
import type { FileStore } from '../store/file-store.js';
import type { TaskRecord } from '../store/store.js';

/** Accuracy in [0, 1], or null where the operator gave no labeled set. Exact: integer work only. */
export type CentralEvaluation = (model: GlobalModel) => number | null;

/** @throws FederationError `unknown-file` or `file-corrupt` if the labeled set cannot be read */
export async function openEvaluation(
  record: TaskRecord,
  task: Task,
  files: FileStore,
): Promise<CentralEvaluation> {
  if (record.evaluation === null) return () => null;
  const data = decodeBitsFile(await files.read(record.evaluation));
  const evaluator = await HeadEvaluator.create(task);
  return (model) => {
    const { correct, total } = evaluator.evaluate(model, data);
    return correct / total;
  };
}
