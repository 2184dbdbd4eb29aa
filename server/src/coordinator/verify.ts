/**
 * Replays a journal from the initial model and compares every published step, model and chain hash
 * bit for bit (invariants I1 to I5), and what was said about them: bytes and accuracy.
 */
import {
  decodeModel,
  encodeModel,
  FederationError,
  initialModel,
  parameterCount,
  parse,
  roundContext,
  ruleFor,
  type Task,
  taskHash,
  taskSchema,
} from '@fedhybnn/shared';
import { contentHash } from '../store/content-hash.js';
import type { FileStore } from '../store/file-store.js';
import type { Store, TaskRecord } from '../store/store.js';
import { openEvaluation } from './central-evaluation.js';
import { chainNext, chainStart } from './journal.js';
import { roundResult } from './round-result.js';

export interface VerifyReport {
  readonly task: string;
  /** Published rounds that were replayed. */
  readonly rounds: number;
  /** Updates that were counted in them. */
  readonly updates: number;
  /** Accepted updates of the unpublished round: they count in the next one published. */
  readonly waiting: number;
  readonly model: string;
  readonly chain: string;
}

/** @throws FederationError `journal-broken` naming the task, the round and what differs */
export async function verifyTask(
  record: TaskRecord,
  store: Store,
  files: FileStore,
): Promise<VerifyReport> {
  const broken = (round: number, what: string, cause?: unknown): never => {
    throw new FederationError(
      'journal-broken',
      `task ${record.id}, round ${round}: ${what}; restore the data folder from a backup`,
      { cause },
    );
  };
  const task: Task = parse(taskSchema, JSON.parse(record.document), `task ${record.id}`);
  const hash = taskHash(task);
  if (hash !== record.hash) broken(0, 'the task document does not have its hash');
  const parameters = parameterCount(task);
  const evaluate = await openEvaluation(record, task, files);
  const rule = ruleFor(task.federation.rule);
  let model = initialModel(task);
  let modelHash = contentHash(encodeModel({ taskHash: hash, model }));
  if (modelHash !== record.initialModel) broken(0, 'the initial model is not the one of the task');
  let chain = chainStart(hash, modelHash);
  let counted = 0;
  for (;;) {
    const [entry] = await store.journal(record.id, model.round, 1);
    if (entry === undefined) break;
    const round = model.round + 1;
    if (entry.round !== round) broken(round, `missing; the journal goes on with ${entry.round}`);
    const updates = await store.updates(record.id, round);
    if (updates.length !== entry.counted) {
      broken(round, `${updates.length} updates are stored, but ${entry.counted} were counted`);
    }
    for (const { client, digest, frame } of updates) {
      if (contentHash(frame) !== digest)
        broken(round, `the update of ${client} is not what was acked`);
    }
    const binding = { rule, taskHash: hash, baseHash: modelHash, round, parameters };
    const frames = updates.map((update) => update.frame);
    const result = (() => {
      try {
        return roundResult(model, frames, binding, roundContext(task, round, parameters));
      } catch (cause) {
        return broken(round, `replay fails: ${FederationError.from(cause).message}`, cause);
      }
    })();
    if (result.stepHash !== entry.step) broken(round, 'the replayed step is not the published one');
    if (result.modelHash !== entry.model)
      broken(round, 'the replayed model is not the published one');
    if (result.tallyHash !== entry.tally)
      broken(round, 'the replayed tally is not the published one');
    chain = chainNext({
      previous: chain,
      taskHash: hash,
      counted: new Map(updates.map(({ client, digest }) => [client, digest])),
      tallyHash: result.tallyHash,
      modelHash: result.modelHash,
    });
    if (chain !== entry.chain) broken(round, 'the hash chain does not fit');
    const uplinkBytes = frames.reduce((sum, frame) => sum + frame.length, 0);
    if (entry.uplinkBytes !== uplinkBytes || entry.downlinkBytes !== result.stepFile.length)
      broken(round, 'the published byte counts are not those of the updates and the step');
    if (entry.accuracy !== evaluate(result.model))
      broken(round, 'the published accuracy is not the one of the model');
    try {
      await files.read(entry.step);
      decodeModel(await files.read(entry.model), { taskHash: hash, parameters });
    } catch (cause) {
      broken(round, FederationError.from(cause).message, cause);
    }
    model = result.model;
    modelHash = result.modelHash;
    counted += updates.length;
  }
  return {
    task: record.id,
    rounds: model.round,
    updates: counted,
    waiting: (await store.accepted(record.id, model.round + 1)).size,
    model: modelHash,
    chain,
  };
}
