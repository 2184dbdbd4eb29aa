/** A sealed round becomes two files and one journal entry. */
import { type GlobalModel, screenedCount, type Task } from '@fedhybnn/shared';
import type { FileStore } from '../store/file-store.js';
import type { JournalEntry, Store } from '../store/store.js';
import type { CentralEvaluation } from './central-evaluation.js';
import { checkCounted, checkFollows, checkStep } from './invariants.js';
import { chainNext, chainStart } from './journal.js';
import type { JournalHead } from './journal-head.js';
import { roundResult } from './round-result.js';
import { roundUpdates } from './round-updates.js';

export interface SealedRound {
  readonly store: Store;
  readonly files: FileStore;
  readonly task: Task;
  /** Hash of the snapshot of round 0. */
  readonly initialModel: string;
  /** Client → digest of what was accepted: what the store must hold. */
  readonly acked: ReadonlyMap<string, string>;
  /** What the round was played on. */
  readonly head: JournalHead;
  readonly evaluate: CentralEvaluation;
}

/**
 * Counts what the store holds and commits what comes of it: the files first, so that the entry never
 * names one that is not there. Interrupted anywhere, it can be done again and gives the same bytes.
 * @throws FederationError `invariant-broken` before anything is committed
 */
export async function publishRound(
  sealed: SealedRound,
): Promise<{ model: GlobalModel; entry: JournalEntry }> {
  const { store, files, task, initialModel, acked, head, evaluate } = sealed;
  const { robust } = task.federation;
  const { model: global, chain: previous, experience } = head;
  const binding = head.binding();
  const context = head.context();
  const { round, baseHash: base, taskHash } = binding;
  const place = `task ${task.id}, round ${round}`;
  const start = { model: initialModel, chain: chainStart(taskHash, initialModel) };
  const latest = await store.latest(task.id);
  checkFollows(place, { latest }, { round, base, previous }, start);
  const updates = checkCounted(place, acked, roundUpdates(store, task.id, binding));
  const result = await roundResult(global, updates, {
    ...{ binding, context, robust, experience, evaluate },
  });
  const { verdicts } = result;
  checkStep(place, global, result, binding, context);
  const step = await files.put(result.stepFile, 'step');
  const model = await files.put(result.modelFile, 'model');
  const entry: JournalEntry = {
    round,
    step,
    model,
    counted: result.counted,
    accuracy: result.accuracy,
    uplinkBytes: result.uplinkBytes,
    downlinkBytes: result.stepFile.length,
    tally: result.tallyHash,
    chain: chainNext({
      previous,
      taskHash,
      counted: acked,
      tallyHash: result.tallyHash,
      modelHash: model,
      verdicts,
    }),
    verdicts,
    ...(verdicts !== null && { screened: screenedCount(verdicts) }),
    ...(result.rolledBack && { rolledBack: true }),
  };
  await store.publish(task.id, entry);
  return { model: result.model, entry };
}
