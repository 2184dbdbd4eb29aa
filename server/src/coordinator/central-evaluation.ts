/** The operator's own measure of a model: right answers on a labeled set that never leaves here. */
import { createEvaluator, decodeBitsFile, type GlobalModel, type Task } from '@fedhybnn/shared';
import type { FileStore } from '../store/file-store.js';
import type { TaskRecord } from '../store/store.js';

/** Accuracy in [0, 1], or null where the operator gave no labeled set. The same on every machine. */
export type CentralEvaluation = (model: GlobalModel) => number | null;

/** @throws FederationError `unknown-file` or `file-corrupt` if the labeled set cannot be read */
export async function openEvaluation(
  record: TaskRecord,
  task: Task,
  files: FileStore,
): Promise<CentralEvaluation> {
  if (record.evaluation === null) return () => null;
  const data = decodeBitsFile(await files.read(record.evaluation));
  const evaluator = await createEvaluator(task);
  return (model) => {
    const { correct, total } = evaluator.evaluate(model, data);
    return correct / total;
  };
}
