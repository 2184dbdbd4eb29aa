/** Where a federation goes on after a start: from the last committed state, whatever came before. */
import { decodeModel, parameterCount, type Task } from '@fedhybnn/shared';
import type { FileStore } from '../store/file-store.js';
import type { Store, TaskRecord } from '../store/store.js';
import { experienceOf } from './experience.js';
import type { FederationStart } from './federation-parts.js';
import { checkInitialModel } from './invariants.js';
import { chainStart } from './journal.js';

/**
 * An attempt that was open is closed as interrupted; its accepted updates count in the next attempt
 * of the same round.
 * @throws FederationError `unknown-file` or `file-corrupt` if the last model cannot be read,
 *   `invariant-broken` if this machine computes another first model
 */
export async function recover(
  record: TaskRecord,
  task: Task,
  store: Store,
  files: FileStore,
): Promise<FederationStart> {
  checkInitialModel(task, record.hash, record.initialModel);
  const latest = await store.latest(task.id);
  const modelHash = latest?.model ?? record.initialModel;
  const model = decodeModel(await files.read(modelHash), {
    taskHash: record.hash,
    parameters: parameterCount(task),
  });
  const round = model.round + 1;
  const last = (await store.attempts(task.id, round)).at(-1);
  if (last?.outcome === 'open') {
    const reason = 'the coordinator was stopped';
    await store.closeAttempt(task.id, round, last.attempt, 'interrupted', reason);
  }
  const { rounds, targetAccuracy } = task.federation;
  const reached =
    targetAccuracy !== undefined && latest?.accuracy != null && latest.accuracy >= targetAccuracy;
  const ended = record.phase === 'ENDED' || model.round >= rounds || reached;
  if (ended && record.phase !== 'ENDED') await store.setPhase(task.id, 'ENDED');
  return {
    model,
    modelHash,
    chain: latest?.chain ?? chainStart(record.hash, record.initialModel),
    latest,
    experience: await experienceOf(store, task.id, task.federation.robust),
    resumed: {
      round,
      attempt: (last?.attempt ?? 0) + 1,
      accepted: await store.accepted(task.id, round),
      phase: ended ? 'ENDED' : record.phase,
    },
  };
}
