/**
 * The loop of a federation without sockets: the round machine is fed with what happens in simulated
 * time; it decides whose updates count, and only those are trained.
 */
import type { Trainer } from '@fedhybnn/client/node';
import {
  advanceRound,
  FederationError,
  FRAME_OVERHEAD,
  initialRoundState,
  type RoundEffect,
  type RoundEvent,
  type RoundState,
  updateFrameBytes,
} from '@fedhybnn/shared';
import { type Behavior, PROMPT, type PresenceChange } from './behavior.js';
import type { Checkpoint } from './checkpoint.js';
import { CohortTraining } from './cohort-training.js';
import { type MadeRound, type Measuring, Publisher } from './publish-round.js';
import type { RoundMetrics } from './round-metrics.js';
import type { Simulation, SimulationResult } from './simulation.js';
import { type Happening, Timeline } from './timeline.js';
import { VirtualClientIds, virtualClientId, virtualClientIndex } from './virtual-client.js';

/** What a machine lends to a simulation: the same code runs in Node and in a page. */
export interface Machine extends Measuring {
  readonly trainer: Trainer;
}

/** A behavior that lets a round take longer, in simulated time, has got stuck. */
const LONGEST_ROUND_MS = 365 * 86_400_000;

/** What a checkpoint does not know yet. */
function* later(
  presence: Iterable<PresenceChange> | undefined,
  startMs: number,
): Generator<PresenceChange> {
  for (const change of presence ?? []) if (change.atMs > startMs) yield change;
}

/** Plays one federation, from its start or from a checkpoint. */
export class VirtualFederation {
  private readonly published: RoundMetrics[];
  private readonly publisher: Publisher;
  private readonly training: CohortTraining;
  private readonly behavior: Behavior;
  private readonly timeline: Timeline;
  private state: RoundState;
  private sealed = false;
  /** Measures the round that was made last and tells it, while the next one is trained. */
  private telling: Promise<RoundMetrics | undefined> = Promise.resolve(undefined);
  /** Clients whose update is accepted in this round, in the order of arrival. */
  private accepted: number[] = [];
  /** Clients that were chosen for this round. */
  private receivers = new Set<string>();
  /** Clients on their way to an update, and the number of that way. */
  private readonly underWay = new Map<number, number>();
  private tickets = 0;
  private roundStartMs = 0;

  constructor(
    private readonly simulation: Simulation,
    machine: Machine,
  ) {
    this.publisher = new Publisher(simulation, machine);
    this.training = new CohortTraining(simulation, machine.trainer);
    this.behavior = simulation.behavior ?? PROMPT;
    const { checkpoint, rounds = [] } = simulation.resumed ?? {};
    this.published = [...rounds];
    const startMs = checkpoint?.nowMs ?? 0;
    const presence = this.behavior.presence?.(startMs);
    this.timeline = new Timeline(startMs, checkpoint ? later(presence, startMs) : presence);
    this.roundStartMs = startMs;
    const everybody = new VirtualClientIds(simulation.partition.clients);
    const present = presence === undefined ? everybody : [];
    this.state = initialRoundState({
      round: 1 + (checkpoint?.round ?? 0),
      ready: checkpoint?.ready ?? present,
    });
    for (const { atMs, client, ready } of checkpoint?.changes ?? []) {
      this.timeline.at(atMs, { type: ready ? 'ready' : 'gone', client });
    }
    for (const memory of simulation.memories ?? []) {
      const saved = checkpoint?.memories[memory.name];
      if (saved !== undefined) memory.restore(saved);
    }
  }

  async play(): Promise<SimulationResult> {
    const earlier = this.published.reduce((sum, { seconds }) => sum + seconds, 0);
    const start = performance.now();
    try {
      await this.playRounds();
    } finally {
      await this.telling;
    }
    const seconds = earlier + (performance.now() - start) / 1000;
    const { parameters, model } = this.publisher;
    const last = this.published.at(-1);
    const accuracy = last?.accuracy ?? (await this.publisher.accuracy(model));
    const modelHash = last?.modelHash ?? this.publisher.modelHash(model);
    return { rounds: this.published, parameters, seconds, accuracy, model, modelHash };
  }

  private async playRounds(): Promise<void> {
    const { signal } = this.simulation;
    this.feed({ type: 'tick', now: this.timeline.nowMs });
    while (this.state.phase !== 'ENDED' && !signal?.aborted) {
      const happening = this.timeline.next();
      const { nowMs } = this.timeline;
      if (happening === undefined || nowMs - this.roundStartMs > LONGEST_ROUND_MS) this.stuck();
      else this.happen(happening);
      if (this.sealed) await this.publish();
    }
  }

  private happen(happening: Happening): void {
    if (happening.type === 'update') this.arrive(happening.client, happening.ticket);
    else this.feed(this.eventOf(happening));
  }

  private eventOf(happening: Exclude<Happening, { type: 'update' }>): RoundEvent {
    const now = this.timeline.nowMs;
    if (happening.type === 'tick') return { type: 'tick', now };
    if (happening.type === 'gone') this.underWay.delete(happening.client);
    return { type: happening.type, client: this.idOf(happening.client), now };
  }

  /** An update that nobody awaits any more, or whose client lost its connection, is none. */
  private arrive(client: number, ticket: number): void {
    if (this.underWay.get(client) !== ticket) return;
    this.underWay.delete(client);
    const before = this.state.accepted.size;
    // The machine only compares digests; a ticket is as good, and needs no training yet.
    const digest = String(ticket);
    this.feed({ type: 'update', client: this.idOf(client), digest, now: this.timeline.nowMs });
    if (this.state.accepted.size > before) this.accepted.push(client);
  }

  private feed(event: RoundEvent): void {
    const { state, effects } = advanceRound(this.state, event, this.simulation.task.federation);
    this.state = state;
    for (const effect of effects) this.follow(effect);
  }

  private follow(effect: RoundEffect): void {
    switch (effect.type) {
      case 'open':
        for (const client of effect.cohort) this.invite(client);
        break;
      case 'invite':
        this.invite(effect.client);
        break;
      case 'wake':
        this.timeline.wakeAt(effect.at);
        break;
      case 'seal':
        this.sealed = true;
        break;
    }
  }

  private invite(id: string): void {
    const client = virtualClientIndex(id);
    const { round, attempt } = this.state;
    const { nowMs } = this.timeline;
    const { parameters, rule } = this.publisher;
    this.receivers.add(id);
    const answer = this.behavior.answer({
      ...{ client, round, attempt, nowMs },
      uplinkBytes: updateFrameBytes(rule, parameters),
      downlinkBytes: FRAME_OVERHEAD + rule.stepBytes(parameters),
    });
    const ticket = ++this.tickets;
    this.underWay.set(client, ticket);
    if (answer.kind === 'update') {
      this.timeline.at(nowMs + answer.afterMs, { type: 'update', client, ticket });
    }
    if (answer.kind === 'drop-out') {
      this.timeline.at(nowMs + answer.afterMs, { type: 'gone', client });
      this.timeline.at(nowMs + answer.backAfterMs, { type: 'ready', client });
    }
  }

  private async publish(): Promise<void> {
    const { round } = this.state;
    const { signal, task } = this.simulation;
    const counter = this.publisher.counter(round);
    for await (const update of this.training.train(this.accepted, this.publisher.model, round)) {
      if (signal?.aborted) return;
      counter.add(update);
    }
    // Rounds are told in order, and whoever hears of one may stop the federation.
    await this.telling;
    if (signal?.aborted) return;
    const { nowMs } = this.timeline;
    const sealed = {
      ...{ round, clients: this.accepted, receivers: this.receivers.size },
      ...{ startMs: this.roundStartMs, nowMs },
    };
    const made = this.publisher.make(sealed, counter.finish());
    this.telling = this.tell(made, { ready: this.state.ready, changes: this.timeline.changes() });
    this.sealed = false;
    this.accepted = [];
    this.receivers = new Set();
    this.roundStartMs = nowMs;
    const { targetAccuracy } = task.federation;
    const accuracy = targetAccuracy === undefined ? null : (await this.telling)?.accuracy;
    this.feed({ type: 'published', accuracy: accuracy ?? null, now: nowMs });
  }

  /** @param presence as it was when the round was made */
  private tell(
    made: MadeRound,
    presence: Pick<Checkpoint, 'ready' | 'changes'>,
  ): Promise<RoundMetrics> {
    const told = this.publisher.measure(made).then(async (metrics) => {
      this.published.push(metrics);
      const { memories = [], onRound } = this.simulation;
      const { round, nowMs } = made.sealed;
      await onRound?.(metrics, {
        ...{ round, nowMs, model: made.settled.model, experience: made.experience },
        ...presence,
        memories: Object.fromEntries(memories.map((memory) => [memory.name, memory.save()])),
      });
      return metrics;
    });
    // Whoever waits for it next hears of a failure.
    told.catch(() => {});
    return told;
  }

  private idOf(client: number): string {
    return virtualClientId(client, this.simulation.partition.clients);
  }

  private stuck(): never {
    const { round, ready } = this.state;
    const { goal } = this.simulation.task.federation;
    throw new FederationError(
      'bad-request',
      `round ${round} comes to no end: ${ready.size} clients are ready, ${goal} updates are wanted; take a smaller cohort, more clients, or clients that are there more often`,
    );
  }
}
