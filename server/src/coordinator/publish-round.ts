/** A sealed round becomes two files and one journal entry. */
import type { GlobalModel, RoundBinding, RoundContext, Task } from '@fedhybnn/shared';
import type { FileStore } from '../store/file-store.js';
import type { JournalEntry, Store } from '../store/store.js';
import type { CentralEvaluation } from './central-evaluation.js';
import { chainNext } from './journal.js';
import { roundResult } from './round-result.js';

export interface SealedRound {
  readonly store: Store;
  readonly files: FileStore;
  readonly task: Task;
  /** The model that the round started from. */
  readonly global: GlobalModel;
  /** Chain hash of the round before. */
  readonly previous: string;
  readonly binding: RoundBinding;
  readonly context: RoundContext;
  readonly evaluate: CentralEvaluation;
}

/**
 * Counts what the store holds and commits what comes of it: the files first, so that the entry never
 * names one that is not there. Interrupted anywhere, it can be done again and gives the same bytes.
 */
export async function publishRound(
  sealed: SealedRound,
): Promise<{ model: GlobalModel; entry: JournalEntry }> {
  const { store, files, task, binding } = sealed;
  const updates = await store.updates(task.id, binding.round);
  const result = roundResult(
    sealed.global,
    updates.map(({ frame }) => frame),
    binding,
    sealed.context,
  );
  const step = await files.put(result.stepFile, 'step');
  const model = await files.put(result.modelFile, 'model');
  const entry: JournalEntry = {
    round: binding.round,
    step,
    model,
    counted: updates.length,
    accuracy: sealed.evaluate(result.model),
    uplinkBytes: updates.reduce((sum, { frame }) => sum + frame.length, 0),
    downlinkBytes: result.stepFile.length,
    tally: result.tallyHash,
    chain: chainNext({
      previous: sealed.previous,
      taskHash: binding.taskHash,
      counted: new Map(updates.map(({ client, digest }) => [client, digest])),
      tallyHash: result.tallyHash,
      modelHash: model,
    }),
  };
  await store.publish(task.id, entry);
  return { model: result.model, entry };
}
