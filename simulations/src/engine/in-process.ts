/**
 * A federation without sockets: the round state machine and the rules called directly, virtual
 * clients trained by a pool of threads. Gives the same models as the same federation over sockets.
 */
import { NodePool, type Trainer } from '@fedhybnn/client/node';
import {
  advanceRound,
  createEvaluator,
  type Evaluator,
  type Experience,
  encodeModel,
  encodeStep,
  encodeUpdate,
  type GlobalModel,
  initialModel,
  initialRoundState,
  learnFrom,
  NO_EXPERIENCE,
  parameterCount,
  type RoundEffect,
  type RoundEvent,
  roundContext,
  roundSeed,
  ruleFor,
  screenedCount,
  settleRound,
  sha256Hex,
  taskHash,
} from '@fedhybnn/shared';
import {
  type RoundMetrics,
  type Simulation,
  type SimulationResult,
  virtualClientId,
} from './simulation.js';

type Sealed = Extract<RoundEffect, { type: 'seal' }>;
type Opened = Extract<RoundEffect, { type: 'open' }>;

/** Plays a whole federation. Deterministic: same simulation, same bytes, any number of workers. */
export async function simulateInProcess(simulation: Simulation): Promise<SimulationResult> {
  const evaluator = await createEvaluator(simulation.task);
  const pool = new NodePool({ workers: simulation.workers });
  try {
    return await new InProcessFederation(simulation, pool, evaluator).play();
  } finally {
    await pool.close();
  }
}

class InProcessFederation {
  private readonly hash: string;
  private readonly parameters: number;
  private readonly rule;
  private readonly indexOf = new Map<string, number>();
  private readonly published: RoundMetrics[] = [];
  private model: GlobalModel;
  private modelHash: string;
  private state;
  /** Payload and frame size of each update of the open round. */
  private updates = new Map<string, { payload: Uint8Array; bytes: number; loss: number }>();
  private cohort: readonly string[] = [];
  private experience: Experience = NO_EXPERIENCE;

  constructor(
    private readonly simulation: Simulation,
    private readonly trainer: Trainer,
    private readonly evaluator: Evaluator,
  ) {
    const { task } = simulation;
    this.hash = taskHash(task);
    this.parameters = parameterCount(task);
    this.rule = ruleFor(task.federation.rule);
    this.model = initialModel(task);
    this.modelHash = sha256Hex(encodeModel({ taskHash: this.hash, model: this.model }));
    const clients = simulation.partition.length;
    const ready = simulation.partition.map((_, c) => virtualClientId(c, clients));
    for (const [c, client] of ready.entries()) this.indexOf.set(client, c);
    this.state = initialRoundState({ ready });
  }

  async play(): Promise<SimulationResult> {
    const start = performance.now();
    let queue: RoundEffect[] = [...this.feed({ type: 'tick', now: 0 })];
    let roundStart = start;
    while (queue.length > 0 && !this.simulation.signal?.aborted) {
      const [effect, ...rest] = queue;
      queue = rest;
      if (effect.type === 'open') queue.push(...(await this.trainCohort(effect)));
      if (effect.type === 'seal') {
        const now = performance.now();
        queue.push(...this.publish(effect, roundStart));
        roundStart = now;
      }
    }
    return {
      rounds: this.published,
      parameters: this.parameters,
      seconds: (performance.now() - start) / 1000,
      model: this.model,
      modelHash: this.modelHash,
    };
  }

  private feed(event: RoundEvent): readonly RoundEffect[] {
    const { state, effects } = advanceRound(this.state, event, this.simulation.task.federation);
    this.state = state;
    return effects;
  }

  /** All members train at once; their updates arrive in the cohort's order. */
  private async trainCohort(open: Opened): Promise<RoundEffect[]> {
    const { task, partition, training } = this.simulation;
    const seed = roundSeed(task, open.round);
    this.cohort = open.cohort;
    this.updates = new Map();
    const trained = await Promise.all(
      open.cohort.map(async (client) => {
        const samples = partition[this.indexOf.get(client) ?? 0];
        const prepared = await this.trainer.prepare(task, training, samples);
        return prepared.train({
          global: this.model,
          round: open.round,
          roundSeed: seed,
          client,
        });
      }),
    );
    const payloads = this.attacked(open, trained);
    const effects: RoundEffect[] = [];
    trained.forEach(({ loss }, i) => {
      const payload = payloads[i];
      const client = open.cohort[i];
      if (this.state.phase !== 'OPEN') return;
      const frame = encodeUpdate({
        rule: this.rule,
        taskHash: this.hash,
        baseHash: this.modelHash,
        round: open.round,
        parameters: this.parameters,
        payload,
      });
      this.updates.set(client, { payload, bytes: frame.length, loss });
      effects.push(...this.feed({ type: 'update', client, digest: sha256Hex(frame), now: 0 }));
    });
    return effects;
  }

  /** What arrives: the payloads, or what attackers made of theirs. */
  private attacked(
    { cohort, round }: Opened,
    trained: readonly { readonly payload: Uint8Array }[],
  ): readonly Uint8Array[] {
    const { attack, task } = this.simulation;
    const sent = trained.map(({ payload }, i) => ({
      index: this.indexOf.get(cohort[i]) ?? 0,
      payload,
    }));
    if (attack === undefined) return sent.map(({ payload }) => payload);
    return attack(sent, this.model, this.rule, roundContext(task, round, this.parameters));
  }

  private accuracyOf(model: GlobalModel): number {
    const { correct, total } = this.evaluator.evaluate(model, this.simulation.test);
    return correct / total;
  }

  private publish(seal: Sealed, roundStart: number): readonly RoundEffect[] {
    const { task, onRound } = this.simulation;
    const context = roundContext(task, seal.round, this.parameters);
    const updates = [...this.updates.values()];
    const { robust } = task.federation;
    const settled = settleRound(
      this.model,
      [...this.updates].map(([client, { payload }]) => ({ client, payload })),
      { rule: this.rule, context, robust },
      this.experience,
      (model) => this.accuracyOf(model),
    );
    const step = encodeStep({
      rule: this.rule,
      taskHash: this.hash,
      baseHash: this.modelHash,
      round: seal.round,
      parameters: this.parameters,
      payload: settled.step,
    });
    this.model = settled.model;
    this.modelHash = sha256Hex(encodeModel({ taskHash: this.hash, model: this.model }));
    this.experience = learnFrom(this.experience, settled, robust?.rootSet?.window ?? 0);
    const metrics: RoundMetrics = {
      round: seal.round,
      accuracy: settled.accuracy ?? 0,
      loss: updates.reduce((sum, update) => sum + update.loss, 0) / updates.length,
      counted: updates.length,
      screened: screenedCount(settled.verdicts),
      rolledBack: settled.rolledBack,
      uplinkBytes: updates.reduce((sum, update) => sum + update.bytes, 0),
      downlinkBytes: step.length * this.cohort.length,
      modelHash: this.modelHash,
      seconds: (performance.now() - roundStart) / 1000,
    };
    this.published.push(metrics);
    onRound?.(metrics);
    return this.feed({ type: 'published', accuracy: metrics.accuracy, now: 0 });
  }
}
