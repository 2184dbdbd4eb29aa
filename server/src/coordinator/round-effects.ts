/** Does what the round machine asks for: opens and abandons attempts, publishes rounds, ends the federation. */
import type { RoundEffect, RoundEvent, RoundState } from '@fedhybnn/shared';
import type { FederationParts } from './federation-parts.js';
import { Invitations } from './invitations.js';
import type { JournalHead } from './journal-head.js';
import { publishRound } from './publish-round.js';

/** The round being played, as it is at the moment of each call. */
export interface DrivenRound {
  stopped(): boolean;
  state(): RoundState;
  feed(event: RoundEvent): void;
  /** Milliseconds of the federation's clock. */
  now(): number;
  /** Resolves when nothing that was reserved before is undecided. */
  flush(): Promise<void>;
  /** Asks for a tick at that time of the clock. */
  wake(at: number): void;
  /** After everything that was begun before. */
  later(what: string, work: () => Promise<void>): void;
}

export class RoundEffects {
  private readonly invitations: Invitations;

  constructor(
    private readonly parts: FederationParts,
    private readonly head: JournalHead,
    private readonly round: DrivenRound,
  ) {
    const base = () => head.modelHash;
    this.invitations = new Invitations(parts.task, parts.announcer, { ...round, base });
  }

  /** Resolves when it is stored; one at a time. @throws what cannot be stored */
  async execute(effect: RoundEffect): Promise<void> {
    if (this.round.stopped() && effect.type !== 'seal') return;
    const { store, log, announcer, metrics } = this.parts;
    const task = this.parts.task.id;
    switch (effect.type) {
      case 'open': {
        const { round, attempt, cohort, deadline } = effect;
        await store.openAttempt({ task, round, attempt, cohort, base: this.head.modelHash });
        metrics.opened();
        log.info({ round, attempt, cohort: cohort.length }, 'round opened');
        for (const client of cohort) this.invitations.invite(client, round, deadline);
        this.invitations.sendToRest(round, attempt, deadline);
        return;
      }
      case 'invite':
        this.invitations.invite(effect.client, effect.round, effect.deadline);
        return;
      case 'seal':
        return this.publish(effect.round);
      case 'abandon': {
        const { round, attempt, reason } = effect;
        await store.closeAttempt(task, round, attempt, 'abandoned', reason);
        metrics.abandoned();
        log.warn({ round, attempt, reason }, 'round abandoned');
        return;
      }
      case 'wake':
        this.round.wake(effect.at);
        return;
      case 'ended':
        await store.setPhase(task, 'ENDED');
        log.info({ reason: effect.reason, rounds: this.head.round }, 'federation ended');
        announcer.ended(effect.reason);
    }
  }

  private async publish(round: number): Promise<void> {
    const { head, parts } = this;
    const { store, files, task, initialModel, evaluate, log, announcer, metrics } = parts;
    await this.round.flush();
    // A failed commit may have taken the round back below its minimum.
    const { phase, round: current, accepted: acked } = this.round.state();
    if (phase !== 'SEALED' || current !== round) return;
    const { model, entry } = await publishRound({
      ...{ store, files, task, initialModel, acked, head, evaluate },
    });
    const published = head.follow(model, entry);
    const { counted, accuracy, rolledBack } = published;
    metrics.published(published);
    if (rolledBack) log.info(published, 'round rolled back: it did harm');
    else log.info({ round, counted, accuracy }, 'round published');
    announcer.closed({ ...published, task: task.id });
    if (this.round.stopped()) return;
    this.round.feed({ type: 'published', accuracy, now: this.round.now() });
    // After the next round is open: nobody waits for what is forgotten.
    this.round.later('forget', () => parts.retain(round));
  }
}
