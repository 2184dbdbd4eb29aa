/**
 * The driver of one task's federation: feeds the pure round machine with what clock, sockets and
 * store say, and executes the effects one after another.
 *
 * An update is first reserved by the machine (synchronously), then committed, then acked. A seal
 * waits for the commits that are under way and counts what the store holds: the store is the truth.
 */
import {
  advanceRound,
  FederationError,
  initialRoundState,
  type OpenRound,
  type PublishedRound,
  type Receipt,
  type RoundEvent,
  type RoundState,
  type Task,
  type UpdateHeader,
} from '@fedhybnn/shared';
import { ClientActivity } from './client-activity.js';
import type { FederationParts, FederationStart } from './federation-parts.js';
import { Gathering } from './gathering.js';
import { JournalHead } from './journal-head.js';
import { OperatorControl } from './operator-control.js';
import { busy } from './refusal.js';
import { RoundEffects } from './round-effects.js';
import { UpdateIntake } from './update-intake.js';

export class Federation {
  private state: RoundState;
  private readonly head: JournalHead;
  /** For the operator. */
  readonly control: OperatorControl;
  /** What its clients did since the start. */
  readonly activity = new ClientActivity();
  private readonly intake: UpdateIntake;
  private readonly effects: RoundEffects;
  private readonly gathering: Gathering;
  /** All that was begun. */
  private begun: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly parts: FederationParts,
    start: FederationStart,
  ) {
    this.head = new JournalHead(parts, start);
    this.state = initialRoundState(start.resumed);
    const played = {
      stopped: () => this.stopped,
      state: () => this.state,
      feed: (event: RoundEvent) => this.feed(event),
      now,
    };
    this.intake = new UpdateIntake(parts, {
      ...played,
      binding: () => this.head.binding(),
      context: () => this.head.context(),
      fail: (cause) => this.fail('update', cause),
    });
    this.effects = new RoundEffects(parts, this.head, {
      ...played,
      flush: () => this.intake.flush(),
      wake: (at) => this.wake(at),
      later: (what, work) => void this.queue(what, work).catch(() => {}),
    });
    const { id, federation: settings } = parts.task;
    this.gathering = new Gathering({ ...played, settings }, parts.announcer);
    this.control = new OperatorControl({
      ...played,
      task: id,
      store: (phase) => this.queue('phase', () => parts.store.setPhase(id, phase)),
    });
  }

  /** Begins to play. What a restart found complete is published at once. */
  start(): void {
    this.feed({ type: 'tick', now: now() });
  }

  get task(): Task {
    return this.parts.task;
  }

  get hash(): string {
    return this.parts.hash;
  }

  /** Hash of the snapshot of round 0. */
  get initialModel(): string {
    return this.parts.initialModel;
  }

  get phase(): RoundState['phase'] {
    return this.state.phase;
  }

  get readyClients(): number {
    return this.state.ready.size;
  }

  /** What happens after the round that is being played. */
  get afterRound(): RoundState['afterRound'] {
    return this.state.afterRound;
  }

  /** The round that is being played, or null. */
  get openRound(): OpenRound | null {
    const { phase, round, attempt, cohort, accepted, deadline } = this.state;
    if ((phase !== 'OPEN' && phase !== 'SEALED') || deadline === null) return null;
    return {
      ...{ round, attempt, cohort: cohort.size, arrived: accepted.size },
      leftMs: Math.max(0, deadline - now()),
      lastsMs: this.task.federation.deadlineMs,
    };
  }

  /** The score of a client, where the task's defenses keep one. */
  reputation(client: string): number | null {
    if (this.task.federation.robust?.reputation === undefined) return null;
    return this.head.experience.scores.get(client) ?? 0;
  }

  /** The last published round, or null before the first. */
  get lastRound(): PublishedRound | null {
    return this.head.latest;
  }

  get latest(): { round: number; model: string; accuracy: number | null } {
    const { round, modelHash, latest } = this.head;
    return { round, model: modelHash, accuracy: latest?.accuracy ?? null };
  }

  /** A connected client wants to take part. Returns the number of published rounds. */
  ready(client: string): number {
    if (this.stopped) throw busy();
    if (this.state.phase === 'ENDED') {
      throw new FederationError(
        'federation-ended',
        `the federation ${this.task.id} has ended; its last model is at /v1/files/${this.head.modelHash}`,
      );
    }
    this.feed({ type: 'ready', client, now: now() });
    return this.head.round;
  }

  gone(client: string): void {
    if (!this.stopped) this.feed({ type: 'gone', client, now: now() });
  }

  /** Commits an update and returns its receipt; a repeated one gets the receipt of the first. */
  async submit(client: string, header: UpdateHeader, frame: Uint8Array): Promise<Receipt> {
    const opened = this.openRound;
    const ms = opened === null ? null : opened.lastsMs - opened.leftMs;
    const take = () => this.intake.submit(client, header, frame);
    try {
      const receipt = await this.parts.metrics.update(frame.length, take);
      this.activity.accepted(client, frame.length, ms);
      return receipt;
    } catch (thrown) {
      this.activity.refused(client);
      throw thrown;
    }
  }

  /** Resolves when everything that was acked or begun is committed; nothing is accepted after. */
  async stop(): Promise<void> {
    this.halt();
    await this.intake.flush();
    await this.begun;
  }

  private halt(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.gathering.stop();
  }

  /** One step of the machine; its effects queue up behind those before. */
  private feed(event: RoundEvent): void {
    const { state, effects } = advanceRound(this.state, event, this.task.federation);
    this.state = state;
    this.gathering.look();
    for (const effect of effects) {
      this.queue(effect.type, () => this.effects.execute(effect)).catch(() => {});
    }
  }

  /** Does something after everything that was begun before; what fails stops the federation. */
  private queue(what: string, work: () => Promise<void>): Promise<void> {
    const done = this.begun.then(work);
    this.begun = done.catch((cause) => this.fail(what, cause));
    return done;
  }

  /** What cannot be stored must not be played on: the last committed state is the truth. */
  private fail(what: string, cause: unknown): void {
    this.parts.log.fatal({ err: cause, effect: what }, 'the federation cannot go on');
    this.halt();
    const { code, message: why } = FederationError.from(cause);
    this.parts.onFailed(
      new FederationError(
        code === 'invariant-broken' ? code : 'store-failed',
        `task ${this.task.id}, round ${this.head.round + 1} stands still at "${what}": ${why}; then start again, it goes on from the last committed state`,
        { cause },
      ),
    );
  }

  private wake(at: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.feed({ type: 'tick', now: now() }), Math.max(0, at - now()));
  }
}

/** Milliseconds of a clock that is never set: rounds do not care what time of day it is. */
function now(): number {
  return performance.now();
}
