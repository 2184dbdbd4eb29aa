/** From the accepted updates of a round to its published model, and what is told about it. */
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
  type RoundUpdate,
  roundContext,
  ruleFor,
  type SettledRound,
  screenedCount,
  settleRound,
  taskHash,
} from '@fedhybnn/shared';
import type { TrainedClient } from './cohort-training.js';
import type { PlayedRound } from './observer.js';
import type { RoundMetrics } from './round-metrics.js';
import type { Simulation } from './simulation.js';
import { virtualClientId } from './virtual-client.js';

/** SHA-256 as 64 lower-case hexadecimal digits. */
export type HashBytes = (bytes: Uint8Array) => string;

/** What the round machine knows of a sealed round. */
export interface SealedRound {
  readonly round: number;
  /** How many clients receive the step. */
  readonly receivers: number;
  /** In simulated milliseconds. */
  readonly nowMs: number;
}

/** The global model of a federation, from round to round. */
export class Publisher {
  readonly parameters: number;
  readonly rule;
  private readonly hash: string;
  private current: GlobalModel;
  private currentHash: string;
  private experience: Experience = NO_EXPERIENCE;
  private since = performance.now();

  constructor(
    private readonly simulation: Simulation,
    private readonly evaluator: Evaluator,
    private readonly sha256: HashBytes,
  ) {
    const { task } = simulation;
    this.hash = taskHash(task);
    this.parameters = parameterCount(task);
    this.rule = ruleFor(task.federation.rule);
    this.current = initialModel(task);
    this.currentHash = this.hashOf(this.current);
  }

  /** The last published model, at first the initial one. */
  get model(): GlobalModel {
    return this.current;
  }

  get modelHash(): string {
    return this.currentHash;
  }

  /** On the test samples, in [0, 1]. */
  accuracy(model = this.current): number {
    const { correct, total } = this.evaluator.evaluate(model, this.simulation.test);
    return correct / total;
  }

  /**
   * Makes the next model of the updates, and tells the observers.
   * @param trained accepted updates, in the order of their arrival
   */
  async publish(sealed: SealedRound, trained: readonly TrainedClient[]): Promise<RoundMetrics> {
    const { task, observers = [] } = this.simulation;
    const previousModel = this.current;
    const context = roundContext(task, sealed.round, this.parameters);
    const updates = this.arrived(trained, context);
    const settled = this.settle(updates, context);
    let metrics = this.metricsOf(sealed, trained, updates, settled);
    for (const observer of observers) {
      const seen: PlayedRound = {
        ...{ metrics, model: this.current, previousModel, context, rule: this.rule },
        updates: trained.map(({ client }, i) => ({ client, payload: updates[i].payload })),
        verdicts: settled.verdicts,
      };
      const extra = await observer.observe(seen);
      if (extra !== undefined) metrics = { ...metrics, extra: { ...metrics.extra, ...extra } };
    }
    return metrics;
  }

  /** What arrives: the payloads, or what attackers made of theirs. */
  private arrived(trained: readonly TrainedClient[], context: RoundContext): RoundUpdate[] {
    const { attack, partition } = this.simulation;
    const payloads =
      attack === undefined
        ? trained.map(({ payload }) => payload)
        : attack(
            trained.map(({ client, payload }) => ({ index: client, payload })),
            this.current,
            this.rule,
            context,
          );
    return trained.map(({ client }, i) => ({
      client: virtualClientId(client, partition.clients),
      payload: payloads[i],
    }));
  }

  private settle(updates: readonly RoundUpdate[], context: RoundContext): SettledRound {
    const { robust } = this.simulation.task.federation;
    const settled = settleRound(
      this.current,
      updates,
      { rule: this.rule, context, robust },
      this.experience,
      (model) => (this.isEvaluated(context.round) ? this.accuracy(model) : null),
    );
    this.current = settled.model;
    this.currentHash = this.hashOf(settled.model);
    this.experience = learnFrom(this.experience, settled, robust?.rootSet?.window ?? 0);
    return settled;
  }

  /** The root set and the target need the accuracy of every round. */
  private isEvaluated(round: number): boolean {
    const { task, evaluateEvery = 1 } = this.simulation;
    const { rounds, robust, targetAccuracy } = task.federation;
    if (robust?.rootSet !== undefined || targetAccuracy !== undefined) return true;
    return round % evaluateEvery === 0 || round === rounds;
  }

  private metricsOf(
    { round, receivers, nowMs }: SealedRound,
    trained: readonly TrainedClient[],
    updates: readonly RoundUpdate[],
    settled: SettledRound,
  ): RoundMetrics {
    const start = this.since;
    this.since = performance.now();
    const counted = trained.length;
    return {
      round,
      accuracy: settled.accuracy,
      loss: trained.reduce((sum, { loss }) => sum + loss, 0) / counted,
      counted,
      screened: screenedCount(settled.verdicts),
      rolledBack: settled.rolledBack,
      uplinkBytes: updates.reduce((sum, { payload }) => sum + FRAME_OVERHEAD + payload.length, 0),
      downlinkBytes: receivers * (FRAME_OVERHEAD + settled.step.length),
      modelHash: this.currentHash,
      seconds: (this.since - start) / 1000,
      ...(this.simulation.behavior !== undefined && { simulatedMs: nowMs }),
    };
  }

  private hashOf(model: GlobalModel): string {
    return this.sha256(encodeModel({ taskHash: this.hash, model }));
  }
}
