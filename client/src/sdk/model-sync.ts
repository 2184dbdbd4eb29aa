/**
 * The client's copy of the global model, brought up to any announced one: step by step, or by a
 * snapshot where that is fewer bytes. Nothing is believed: every model is hashed and compared.
 */
import {
  advanceModel,
  decodeModel,
  decodeStep,
  encodeModel,
  FederationError,
  FRAME_OVERHEAD,
  type GlobalModel,
  initialModel,
  type PublishedRound,
  parameterCount,
  roundContext,
  ruleFor,
  sha256Hex,
  type Task,
} from '@fedhybnn/shared';
import type { CoordinatorHttp } from './coordinator-http.js';

/** A model by name: how many rounds were published, and the hash of its snapshot. */
export interface ModelTarget {
  readonly round: number;
  readonly sha256: string;
}

export interface HeldModel extends ModelTarget {
  readonly model: GlobalModel;
}

/** About what a round takes in an answer of the rounds route. Bytes. */
const LISTING_BYTES = 350;
/** Rounds heard of that are remembered; far more than steps are ever cheaper than a snapshot. */
const REMEMBERED = 256;

export class ModelSync {
  private readonly task: Task;
  private readonly parameters: number;
  private readonly rule;
  private readonly heard = new Map<number, PublishedRound>();
  private current: HeldModel;

  /** Starts from the model of round 0, which the task alone determines. */
  constructor(
    task: Task,
    private readonly taskHash: string,
    private readonly http: CoordinatorHttp,
  ) {
    this.task = task;
    this.parameters = parameterCount(task);
    this.rule = ruleFor(task.federation.rule);
    this.current = this.named(initialModel(task));
  }

  get held(): HeldModel {
    return this.current;
  }

  /** A published round that the coordinator announced: saves asking for it. */
  hear(published: PublishedRound): void {
    this.heard.set(published.round, published);
    if (this.heard.size > REMEMBERED) this.heard.delete(Math.min(...this.heard.keys()));
  }

  /**
   * Makes the held model the target.
   * @throws FederationError `file-corrupt` if the coordinator's files do not lead there; transient
   *   errors of the network
   */
  async catchUp(target: ModelTarget): Promise<HeldModel> {
    if (this.current.sha256 === target.sha256) return this.current;
    const stepped = this.stepsAreCheaper(target) ? await this.followSteps(target) : undefined;
    const reached = stepped ?? (await this.snapshot(target));
    this.current = reached;
    return reached;
  }

  private stepsAreCheaper(target: ModelTarget): boolean {
    const { fraction } = this.rule;
    const steps = target.round - this.current.round;
    if (steps <= 0) return false;
    let bytes = 0;
    for (let round = this.current.round + 1; round <= target.round; round++) {
      // Entropy-coded steps may be far shorter than the rule's bound.
      bytes +=
        this.heard.get(round)?.downlinkBytes ??
        FRAME_OVERHEAD + this.rule.stepBytes(this.parameters) + LISTING_BYTES;
    }
    return bytes <= FRAME_OVERHEAD + (fraction === 15 ? 2 : 4) * this.parameters;
  }

  /** Nothing where the steps do not lead to the target: the snapshot then decides. */
  private async followSteps(target: ModelTarget): Promise<HeldModel | undefined> {
    let next = this.current;
    while (next.round < target.round) {
      const published = await this.published(next.round + 1);
      const advanced = published && (await this.advanced(next, published));
      if (!advanced) return undefined;
      next = advanced;
    }
    return next.sha256 === target.sha256 ? next : undefined;
  }

  private async published(round: number): Promise<PublishedRound | undefined> {
    if (!this.heard.has(round)) {
      for (const each of await this.http.rounds(this.task.id, round - 1)) this.hear(each);
    }
    return this.heard.get(round);
  }

  /** The model after a step; nothing if the step or its result is not what was announced. */
  private async advanced(
    from: HeldModel,
    published: PublishedRound,
  ): Promise<HeldModel | undefined> {
    const { round } = published;
    const { rule, taskHash, parameters } = this;
    try {
      const limit = FRAME_OVERHEAD + rule.stepBytes(parameters);
      const file = await this.http.file(published.step, limit);
      this.http.traffic.models += file.length;
      const binding = { rule, taskHash, baseHash: from.sha256, round, parameters };
      const step = decodeStep(file, binding);
      const context = roundContext(this.task, round, parameters);
      const next = this.named(advanceModel(rule, from.model, step, context));
      return next.sha256 === published.model ? next : undefined;
    } catch (thrown) {
      if (isNetworkMatter(thrown)) throw thrown;
      return undefined;
    }
  }

  private async snapshot(target: ModelTarget): Promise<HeldModel> {
    const { taskHash, parameters } = this;
    const file = await this.http.file(target.sha256);
    this.http.traffic.models += file.length;
    const model = decodeModel(file, { taskHash, parameters });
    if (model.round !== target.round || model.fraction !== this.rule.fraction) {
      throw new FederationError(
        'file-corrupt',
        `model ${target.sha256}: it is of round ${model.round}, not ${target.round}; tell the operator of the coordinator`,
      );
    }
    return { round: model.round, sha256: target.sha256, model };
  }

  private named(model: GlobalModel): HeldModel {
    const sha256 = sha256Hex(encodeModel({ taskHash: this.taskHash, model }));
    return { round: model.round, sha256, model };
  }
}

/** An error that says nothing of the files: the network's, the coordinator's state, or an abort. */
function isNetworkMatter(thrown: unknown): boolean {
  if (!(thrown instanceof FederationError)) return true;
  const aboutFiles = /^(file-corrupt|unknown-file|frame-|wrong-|round-stale|round-future)/;
  return !aboutFiles.test(thrown.code);
}
