/**
 * Replays a journal and compares every published step, model and chain hash bit for bit, and what was
 * said about them: bytes and accuracy. A difference is told with the invariant that it breaks
 * (`invariants.ts`). Rounds that were forgotten (`retention.ts`) are verified by the chain alone; the
 * replay starts from the snapshot that was kept of the last of them.
 */
import {
  canonicalJson,
  decodeModel,
  type Experience,
  encodeModel,
  FederationError,
  type GlobalModel,
  initialModel,
  learnFrom,
  NO_EXPERIENCE,
  parameterCount,
  parse,
  type RoundBinding,
  roundContext,
  ruleFor,
  type Task,
  taskHash,
  taskSchema,
} from '@fedhybnn/shared';
import { contentHash } from '../store/content-hash.js';
import type { FileStore } from '../store/file-store.js';
import type { JournalEntry, Store, StoredUpdate, TaskRecord } from '../store/store.js';
import { type CentralEvaluation, openEvaluation } from './central-evaluation.js';
import { type Invariant, invariantName } from './invariants.js';
import { chainNext, chainStart } from './journal.js';
import { type RoundResult, roundResult } from './round-result.js';
import { roundUpdates } from './round-updates.js';

export interface VerifyReport {
  readonly task: string;
  /** Published rounds that were replayed. */
  readonly rounds: number;
  /** Rounds before them, whose updates were forgotten: verified by the hash chain alone. */
  readonly forgotten: number;
  /** Updates that were counted in both. */
  readonly updates: number;
  /** Accepted updates of the unpublished round: they count in the next one published. */
  readonly waiting: number;
  readonly model: string;
  readonly chain: string;
}

/**
 * @throws FederationError `journal-broken` naming the task, the round, what differs, and the
 *   invariant that it breaks
 * @param onRound is called when the journal holds up to this round
 */
export async function verifyTask(
  record: TaskRecord,
  store: Store,
  files: FileStore,
  onRound: (round: number) => void = () => {},
): Promise<VerifyReport> {
  try {
    return await new Verification(record, store, files, onRound).run();
  } catch (thrown) {
    // Beside a coordinator that forgets old rounds the record may be outdated.
    const now = (await store.tasks()).find(({ id }) => id === record.id);
    if (now === undefined || now.replayFrom === record.replayFrom) throw thrown;
    return verifyTask(now, store, files, onRound);
  }
}

class Verification {
  private readonly task: Task;
  private readonly parameters: number;
  private readonly rule;
  private counted = 0;
  private experience: Experience = NO_EXPERIENCE;
  private round = 0;
  private modelHash: string;
  private chain: string;

  constructor(
    private readonly record: TaskRecord,
    private readonly store: Store,
    private readonly files: FileStore,
    private readonly onRound: (round: number) => void,
  ) {
    this.task = parse(taskSchema, JSON.parse(record.document), `task ${record.id}`);
    this.parameters = parameterCount(this.task);
    this.rule = ruleFor(this.task.federation.rule);
    this.modelHash = record.initialModel;
    this.chain = chainStart(record.hash, record.initialModel);
  }

  async run(): Promise<VerifyReport> {
    const { record, store, task } = this;
    if (taskHash(task) !== record.hash)
      this.broken('I4', 'the task document does not have its hash');
    const initial = initialModel(task);
    if (
      contentHash(encodeModel({ taskHash: record.hash, model: initial })) !== record.initialModel
    ) {
      this.broken('I7', 'the initial model is not the one of the task');
    }
    const evaluate = await openEvaluation(record, task, this.files);
    let model: GlobalModel = initial;
    for (;;) {
      const [entry] = await store.journal(record.id, this.round, 1);
      if (entry === undefined) break;
      this.round++;
      if (entry.round !== this.round) {
        this.broken('I5', `missing; the journal goes on with ${entry.round}`);
      }
      const counted = await this.countedClients(entry);
      if (this.round > record.replayFrom) model = await this.replay(model, entry, evaluate);
      this.follow(entry, counted);
      if (this.round === record.replayFrom) model = await this.keptModel(entry);
      this.onRound(this.round);
    }
    if (this.round < record.replayFrom) this.broken('I3', 'forgotten, but not published');
    await this.checkWaiting();
    return {
      task: record.id,
      rounds: this.round - record.replayFrom,
      forgotten: record.replayFrom,
      updates: this.counted,
      waiting: (await store.accepted(record.id, this.round + 1)).size,
      model: this.modelHash,
      chain: this.chain,
    };
  }

  /** I1, I2, I5: who was counted, on which model. @returns client → digest */
  private async countedClients(entry: JournalEntry): Promise<Map<string, string>> {
    const { store, record, round } = this;
    const counted = await store.accepted(record.id, round);
    if (counted.size !== entry.counted) {
      this.broken(
        counted.size > entry.counted ? 'I1' : 'I2',
        `${counted.size} updates are stored, but ${entry.counted} were counted`,
      );
    }
    const chosen = new Set<string>();
    for (const { attempt, base, cohort } of await store.attempts(record.id, round)) {
      if (base !== this.modelHash) {
        this.broken(
          'I5',
          `attempt ${attempt} was played on another model than that of the round before`,
        );
      }
      for (const client of cohort) chosen.add(client);
    }
    for (const client of counted.keys()) {
      if (!chosen.has(client)) this.broken('I2', `${client} was counted, but never chosen`);
    }
    return counted;
  }

  /** I3: the round once more, from the model before it. */
  private async replay(
    before: GlobalModel,
    entry: JournalEntry,
    evaluate: CentralEvaluation,
  ): Promise<GlobalModel> {
    const { record, rule, parameters, round, modelHash } = this;
    const binding = { rule, taskHash: record.hash, baseHash: modelHash, round, parameters };
    const result = await this.replayed(before, binding, evaluate);
    if (result.stepHash !== entry.step) this.different('step');
    if (result.modelHash !== entry.model) this.different('model');
    if (result.tallyHash !== entry.tally) this.different('tally');
    if (
      entry.uplinkBytes !== result.uplinkBytes ||
      entry.downlinkBytes !== result.stepFile.length
    ) {
      this.broken('I3', 'the published byte counts are not those of the updates and the step');
    }
    if (canonicalJson(entry.verdicts) !== canonicalJson(result.verdicts)) this.different('screen');
    if (entry.accuracy !== result.accuracy) {
      this.broken('I3', 'the published accuracy is not the one of the model');
    }
    await this.file(entry.step);
    this.decode(await this.file(entry.model));
    return result.model;
  }

  private async replayed(
    before: GlobalModel,
    binding: RoundBinding,
    evaluate: CentralEvaluation,
  ): Promise<RoundResult> {
    try {
      const context = roundContext(this.task, this.round, this.parameters);
      const { robust } = this.task.federation;
      const { experience } = this;
      const conditions = { binding, context, robust, experience, evaluate };
      return await roundResult(before, this.ackedUpdates(binding), conditions);
    } catch (cause) {
      const error = FederationError.from(cause);
      if (error.code === 'journal-broken') throw error;
      return this.broken('I3', `replay fails: ${error.message}`, cause);
    }
  }

  /** I1: each as its client knows it to be acked. */
  private async *ackedUpdates(binding: RoundBinding): AsyncGenerator<readonly StoredUpdate[]> {
    for await (const page of roundUpdates(this.store, this.record.id, binding)) {
      for (const { client, digest, frame } of page) {
        if (contentHash(frame) === digest) continue;
        this.broken('I1', `the update of ${client} is not what was acked`);
      }
      yield page;
    }
  }

  /** I4: the entry hangs on the one before. */
  private follow(entry: JournalEntry, counted: ReadonlyMap<string, string>): void {
    this.chain = chainNext({
      previous: this.chain,
      taskHash: this.record.hash,
      counted,
      tallyHash: entry.tally,
      modelHash: entry.model,
      verdicts: entry.verdicts,
    });
    if (this.chain !== entry.chain) this.broken('I4', 'the hash chain does not fit');
    this.modelHash = entry.model;
    this.counted += counted.size;
    this.experience = learnFrom(
      this.experience,
      entry,
      this.task.federation.robust?.rootSet?.window,
    );
  }

  /** Where the replay starts after rounds that were forgotten. */
  private async keptModel(entry: JournalEntry): Promise<GlobalModel> {
    const model = this.decode(await this.file(entry.model));
    if (model.round !== entry.round) this.broken('I5', `its snapshot is of round ${model.round}`);
    return model;
  }

  /** I1: no update is stored where no round will ever count it. */
  private async checkWaiting(): Promise<void> {
    const last = await this.store.lastUpdateRound(this.record.id);
    if (last <= this.round + 1) return;
    this.round = last;
    this.broken('I1', 'an update is stored, but the round has not begun');
  }

  private async file(sha256: string): Promise<Uint8Array> {
    try {
      return await this.files.read(sha256);
    } catch (cause) {
      return this.broken('I3', FederationError.from(cause).message, cause);
    }
  }

  private decode(bytes: Uint8Array): GlobalModel {
    try {
      return decodeModel(bytes, { taskHash: this.record.hash, parameters: this.parameters });
    } catch (cause) {
      return this.broken('I3', FederationError.from(cause).message, cause);
    }
  }

  private different(what: string): never {
    return this.broken('I3', `the replayed ${what} is not the published one`);
  }

  private broken(invariant: Invariant, what: string, cause?: unknown): never {
    throw new FederationError(
      'journal-broken',
      `task ${this.record.id}, round ${this.round}: ${what} (${invariantName(invariant)}); restore the data folder from a backup`,
      { cause },
    );
  }
}
