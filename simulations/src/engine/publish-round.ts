/** From the updates of a sealed round to its published model, and what is told about it. */
import type { PreparedEvaluation } from '@fedhybnn/client/node';
import {
  type Evaluator,
  type Experience,
  encodeModel,
  FRAME_OVERHEAD,
  type GlobalModel,
  initialModel,
  learnFrom,
  NO_EXPERIENCE,
  parameterCount,
  type RoundContext,
  type Rule,
  roundContext,
  ruleFor,
  type SettledRound,
  screenedCount,
  settleRound,
  settleTally,
  taskHash,
} from '@fedhybnn/shared';
import { ArrivalCounter, type Arrivals } from './arrivals.js';
import type { AcceptedUpdate } from './observer.js';
import type { RoundMetrics } from './round-metrics.js';
import type { Simulation } from './simulation.js';
import { virtualClientId } from './virtual-client.js';

/** Where models are measured and hashed. */
export interface Measuring {
  /** On the test samples, while the next round is trained. */
  readonly evaluation: PreparedEvaluation;
  /** In this thread: for a task with a root set, where the model depends on it. */
  readonly judge?: Evaluator | undefined;
  /** SHA-256 as 64 lower-case hexadecimal digits. */
  sha256(bytes: Uint8Array): string;
}

/** What the round machine knows of a sealed round. */
export interface SealedRound {
  readonly round: number;
  /** Indices of those whose updates were accepted, in the order of their arrival. */
  readonly clients: readonly number[];
  /** How many clients receive the step. */
  readonly receivers: number;
  /** When the round before was sealed, and this one, in simulated milliseconds. */
  readonly startMs: number;
  readonly nowMs: number;
}

/** A round whose model is made, but not measured yet. */
export interface MadeRound {
  readonly sealed: SealedRound;
  readonly context: RoundContext;
  readonly previousModel: GlobalModel;
  readonly settled: SettledRound;
  /** With what this round taught. */
  readonly experience: Experience;
  readonly arrivals: Arrivals;
  /** What arrived, attacks and all; empty where updates are not kept. */
  readonly updates: readonly AcceptedUpdate[];
  /** Wall time since the round before was made. */
  readonly seconds: number;
}

/** The global model of a federation, from round to round. */
export class Publisher {
  readonly parameters: number;
  readonly rule: Rule;
  private readonly hash: string;
  private current: GlobalModel;
  private experience: Experience;
  private since = performance.now();

  constructor(
    private readonly simulation: Simulation,
    private readonly measuring: Measuring,
  ) {
    const { task } = simulation;
    this.hash = taskHash(task);
    this.parameters = parameterCount(task);
    this.rule = simulation.rule ?? ruleFor(task.federation.rule);
    const { checkpoint } = simulation.resumed ?? {};
    this.current = checkpoint?.model ?? simulation.initial ?? initialModel(task);
    this.experience = checkpoint?.experience ?? NO_EXPERIENCE;
  }

  /** The model that was made last, at first the initial one. */
  get model(): GlobalModel {
    return this.current;
  }

  modelHash(model: GlobalModel): string {
    return this.measuring.sha256(encodeModel({ taskHash: this.hash, model }));
  }

  /** On the test samples, in [0, 1]. */
  async accuracy(model: GlobalModel): Promise<number> {
    const { correct, total } = await this.measuring.evaluation.evaluate(model);
    return correct / total;
  }

  /** For the updates of one round. */
  counter(round: number): ArrivalCounter {
    return new ArrivalCounter(this.simulation, this.rule, this.contextOf(round));
  }

  /** Makes the next model. */
  make(sealed: SealedRound, arrivals: Arrivals): MadeRound {
    const context = this.contextOf(sealed.round);
    const previousModel = this.current;
    const updates = this.sent(arrivals, context);
    const settled = this.settle(arrivals, updates, context);
    const { robust } = this.simulation.task.federation;
    this.current = settled.model;
    this.experience = learnFrom(this.experience, settled, robust?.rootSet?.window ?? 0);
    const start = this.since;
    this.since = performance.now();
    const seconds = (this.since - start) / 1000;
    const { experience } = this;
    return { sealed, context, previousModel, settled, experience, arrivals, updates, seconds };
  }

  /** Measures a round and lets the observers see it. */
  async measure(made: MadeRound): Promise<RoundMetrics> {
    const { sealed, settled, context, previousModel, updates } = made;
    const { model, verdicts } = settled;
    const [measured] = await Promise.all([
      this.isEvaluated(context.round) ? this.accuracy(model) : null,
      // The next round's training starts first; the rest is done beside it.
      new Promise((resolve) => setTimeout(resolve)),
    ]);
    let metrics = this.metricsOf(made, settled.accuracy ?? measured);
    for (const observer of this.simulation.observers ?? []) {
      const extra = await observer.observe({
        ...{ metrics, model, previousModel, context, rule: this.rule },
        ...{ clients: sealed.clients, updates, verdicts },
      });
      if (extra !== undefined) metrics = { ...metrics, extra: { ...metrics.extra, ...extra } };
    }
    return metrics;
  }

  private contextOf(round: number): RoundContext {
    return roundContext(this.simulation.task, round, this.parameters);
  }

  /** The payloads, or what attackers made of theirs. */
  private sent({ updates }: Arrivals, context: RoundContext): AcceptedUpdate[] {
    const { attack } = this.simulation;
    const honest = updates.map(({ client, payload }) => ({ client, payload }));
    if (attack === undefined) return honest;
    const payloads = attack(
      updates.map(({ client, payload }) => ({ index: client, payload })),
      ...([this.current, this.rule, context] as const),
    );
    return honest.map(({ client }, i) => ({ client, payload: payloads[i] }));
  }

  private settle(
    { tally }: Arrivals,
    updates: readonly AcceptedUpdate[],
    context: RoundContext,
  ): SettledRound {
    const { partition, task, test } = this.simulation;
    const rules = { rule: this.rule, context, robust: task.federation.robust };
    const evaluate = (model: GlobalModel) => {
      const counted = this.measuring.judge?.evaluate(model, test);
      return counted === undefined ? null : counted.correct / counted.total;
    };
    if (tally !== undefined) {
      const counted = { tally, verdicts: null };
      return settleTally(this.current, counted, rules, this.experience, evaluate);
    }
    const named = updates.map(({ client, payload }) => ({
      client: virtualClientId(client, partition.clients),
      payload,
    }));
    return settleRound(this.current, named, rules, this.experience, evaluate);
  }

  /** A target needs the accuracy of every round; a root set has measured it already. */
  private isEvaluated(round: number): boolean {
    if (this.measuring.judge !== undefined) return false;
    const { task, evaluateEvery = 1 } = this.simulation;
    const { rounds, targetAccuracy } = task.federation;
    return targetAccuracy !== undefined || round % evaluateEvery === 0 || round === rounds;
  }

  private metricsOf(
    { sealed, settled, arrivals, updates, seconds }: MadeRound,
    accuracy: number | null,
  ): RoundMetrics {
    const { round, receivers, startMs, nowMs } = sealed;
    const sum = updates.reduce((bytes, { payload }) => bytes + FRAME_OVERHEAD + payload.length, 0);
    return {
      ...{ round, accuracy, loss: arrivals.loss, counted: arrivals.count },
      screened: screenedCount(settled.verdicts),
      rolledBack: settled.rolledBack,
      uplinkBytes: updates.length > 0 ? sum : arrivals.bytes,
      receivers,
      downlinkBytes: receivers * (FRAME_OVERHEAD + settled.step.length),
      modelHash: this.modelHash(settled.model),
      seconds,
      ...(this.simulation.behavior !== undefined && {
        simulatedMs: nowMs,
        simulatedSeconds: (nowMs - startMs) / 1000,
      }),
    };
  }
}
