/**
 * Buffered asynchronous aggregation: FedBuff (Nguyen et al., arXiv 2106.06639) with votes.
 *
 * So many clients train at any time, each on the model that it fetched. Whoever is done hands its
 * update in, and another one fetches the model as it is then. Whenever K updates are in the buffer,
 * the server makes a step of their votes, each weighted by its staleness (`staleness.ts`), and the
 * model's version goes up by one; a version is a round of the schedule. All arithmetic on the way to
 * the model is integer.
 *
 * block-vote: a client trains all parameters anyway. It is told the block when it hands its update
 * in, and votes on that one; so all updates of a step are about the same coordinates, and both
 * directions stay as short. (Here an update is in as soon as it is handed in; over a slow network it
 * would vote anew if the block changed meanwhile.)
 *
 * A client fetches a version once. It is given up after the task's deadline.
 */
import {
  FederationError,
  FRAME_OVERHEAD,
  type GlobalModel,
  roundContext,
  type Tally,
  updateFrameBytes,
} from '@fedhybnn/shared';
import { type Behavior, PROMPT } from '../behavior.js';
import { CohortTraining, type TrainedClient, type TrainingOrder } from '../cohort-training.js';
import type { Machine } from '../federation.js';
import { type MadeRound, Publisher } from '../publish-round.js';
import type { RoundMetrics } from '../round-metrics.js';
import type { Simulation, SimulationResult } from '../simulation.js';
import { type Happening, Timeline } from '../timeline.js';
import { Fetching } from './fetching.js';
import { stalenessWeight, weighted } from './staleness.js';

export interface BufferedSettings {
  /** K: updates that make a step. */
  readonly buffer: number;
  /** Clients that train at any time, at least K. */
  readonly concurrency: number;
}

/** A client on its way from a fetched model to an update. */
interface UnderWay {
  readonly ticket: number;
  readonly global: GlobalModel;
  /** It will not be waited for so long. */
  readonly late: boolean;
}

/** Simulated time that a step may take at most. */
const LONGEST_STEP_MS = 365 * 86_400_000;

export class BufferedFederation {
  private readonly published: RoundMetrics[] = [];
  private readonly publisher: Publisher;
  private readonly training: CohortTraining;
  private readonly behavior: Behavior;
  private readonly timeline: Timeline;
  private readonly fetching: Fetching;
  private readonly underWay = new Map<number, UnderWay>();
  private buffer: TrainingOrder[] = [];
  private tickets = 0;
  /** Clients that fetched the current version. */
  private fetched = 0;
  private stepStartMs = 0;
  private telling: Promise<unknown> = Promise.resolve();

  /** @throws FederationError `bad-request` if the task is not one of votes without defenses */
  constructor(
    private readonly simulation: Simulation,
    private readonly settings: BufferedSettings,
    machine: Machine,
  ) {
    this.publisher = new Publisher(simulation, machine);
    this.check();
    this.training = new CohortTraining(simulation, machine.trainer);
    this.behavior = simulation.behavior ?? PROMPT;
    const presence = this.behavior.presence?.(0);
    this.timeline = new Timeline(0, presence);
    const { clients } = simulation.partition;
    const { seed } = simulation.task.federation;
    this.fetching = new Fetching(clients, seed, presence === undefined);
  }

  async play(): Promise<SimulationResult> {
    const start = performance.now();
    try {
      await this.playSteps();
    } finally {
      await this.telling;
    }
    const seconds = (performance.now() - start) / 1000;
    const { parameters, model } = this.publisher;
    const last = this.published.at(-1);
    const accuracy = last?.accuracy ?? (await this.publisher.accuracy(model));
    const modelHash = last?.modelHash ?? this.publisher.modelHash(model);
    return { rounds: this.published, parameters, seconds, accuracy, model, modelHash };
  }

  private async playSteps(): Promise<void> {
    const { signal, task } = this.simulation;
    this.fetch();
    while (this.publisher.model.round < task.federation.rounds && !signal?.aborted) {
      const happening = this.timeline.next();
      const waited = this.timeline.nowMs - this.stepStartMs;
      if (happening === undefined || waited > LONGEST_STEP_MS) this.stuck();
      else this.happen(happening);
      if (this.buffer.length === this.settings.buffer) await this.step();
      this.fetch();
    }
  }

  private happen(happening: Happening): void {
    if (happening.type === 'tick') return;
    const { client } = happening;
    if (happening.type === 'ready') {
      this.fetching.come(client);
      return;
    }
    const way = this.underWay.get(client);
    if (happening.type === 'gone') {
      this.fetching.go(client);
      this.underWay.delete(client);
    } else if (way?.ticket === happening.ticket) {
      this.fetching.free(client);
      this.underWay.delete(client);
      const { global } = way;
      if (!way.late) this.buffer.push({ client, global, round: global.round + 1 });
    }
  }

  /** As many as are missing fetch the model as it is now. */
  private fetch(): void {
    while (this.fetching.training < this.settings.concurrency) {
      const client = this.fetching.next();
      if (client === undefined) return;
      this.send(client);
    }
  }

  private send(client: number): void {
    const { parameters, rule, model } = this.publisher;
    const { deadlineMs } = this.simulation.task.federation;
    const { nowMs } = this.timeline;
    const answer = this.behavior.answer({
      ...{ client, round: model.round + 1, attempt: 1, nowMs },
      uplinkBytes: updateFrameBytes(rule, parameters),
      downlinkBytes: FRAME_OVERHEAD + rule.stepBytes(parameters),
    });
    this.fetched++;
    const ticket = ++this.tickets;
    const afterMs = answer.kind === 'silence' ? Number.POSITIVE_INFINITY : answer.afterMs;
    const late = afterMs > deadlineMs;
    this.underWay.set(client, { ticket, global: model, late });
    if (late || answer.kind === 'update') {
      this.timeline.at(nowMs + Math.min(afterMs, deadlineMs), { type: 'update', client, ticket });
    }
    if (answer.kind === 'drop-out') {
      this.timeline.at(nowMs + answer.afterMs, { type: 'gone', client });
      this.timeline.at(nowMs + answer.backAfterMs, { type: 'ready', client });
    }
  }

  private async step(): Promise<void> {
    const { signal } = this.simulation;
    const { rule, parameters, model } = this.publisher;
    const round = model.round + 1;
    const context = roundContext(this.simulation.task, round, parameters);
    const updates: TrainedClient[] = [];
    let tally: Tally | undefined;
    for await (const update of this.training.trainAll(this.buffer, round)) {
      if (signal?.aborted) return;
      const weight = stalenessWeight(round - this.buffer[updates.length].round);
      const own = weighted(rule.tally([update.payload], context), weight);
      tally = tally === undefined ? own : rule.merge(tally, own);
      updates.push(update);
    }
    await this.telling;
    if (signal?.aborted) return;
    const { nowMs } = this.timeline;
    const sealed = {
      ...{ round, clients: updates.map(({ client }) => client), receivers: this.fetched },
      ...{ startMs: this.stepStartMs, nowMs },
    };
    const staleness = this.buffer.map((order) => round - order.round);
    const made = this.publisher.make(sealed, arrivalsOf(updates, tally));
    this.telling = this.tell(made, staleness);
    // Whoever waits for it next hears of a failure.
    this.telling.catch(() => {});
    this.buffer = [];
    this.fetched = 0;
    this.stepStartMs = nowMs;
    this.fetching.renew();
  }

  private async tell(made: MadeRound, staleness: readonly number[]): Promise<void> {
    const measured = await this.publisher.measure(made);
    const mean = staleness.reduce((sum, s) => sum + s, 0) / staleness.length;
    const extra = { ...measured.extra, staleness: mean, largestStaleness: Math.max(...staleness) };
    const metrics = { ...measured, extra };
    this.published.push(metrics);
    await this.simulation.onRound?.(metrics);
  }

  private check(): void {
    const { task, attack, partition } = this.simulation;
    const { buffer, concurrency } = this.settings;
    const refuse = (message: string): never => {
      throw new FederationError('bad-request', `--aggregation buffered:${buffer}: ${message}`);
    };
    if (this.publisher.rule.votes === undefined) {
      refuse(
        `weighs votes of one bit, and ${this.publisher.rule.kind} has none; choose --rule sign-vote or block-vote`,
      );
    }
    if (concurrency < buffer || partition.clients < concurrency) {
      refuse(
        `${concurrency} clients train at a time (--cohort); take from ${buffer} to ${partition.clients}`,
      );
    }
    if (attack !== undefined || task.federation.robust !== undefined) {
      refuse('attacks and defenses look at rounds of one model; leave out --attack and --robust');
    }
  }

  private stuck(): never {
    const { buffer } = this.settings;
    throw new FederationError(
      'bad-request',
      `step ${this.publisher.model.round + 1} comes to no end: ${this.buffer.length} of ${buffer} updates are in the buffer and nobody brings more; take a smaller buffer, more clients, or clients that are there more often`,
    );
  }
}

function arrivalsOf(updates: readonly TrainedClient[], tally: Tally | undefined) {
  const loss = updates.reduce((sum, update) => sum + update.loss, 0) / updates.length;
  const bytes = updates.reduce((sum, { payload }) => sum + FRAME_OVERHEAD + payload.length, 0);
  return { count: updates.length, loss, bytes, updates, tally };
}
