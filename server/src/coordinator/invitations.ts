/** Tells clients that a round is open, or that they may rest while it is. */
import { deriveSeed, Random, type RoundState, roundSeed, type Task } from '@fedhybnn/shared';
import type { Announcer } from './federation-parts.js';
import { isWorthTelling, returnWait } from './pacing.js';

/** The round being played, as it is at the moment of each call. */
export interface OpenRound {
  state(): RoundState;
  /** Hash of the model to start from. */
  base(): string;
  /** Milliseconds of the federation's clock. */
  now(): number;
}

export class Invitations {
  constructor(
    private readonly task: Task,
    private readonly announcer: Pick<Announcer, 'open' | 'rest'>,
    private readonly open: OpenRound,
  ) {}

  /** Asks a client to play, unless the round is over by the time that its turn comes. */
  invite(client: string, round: number, deadline: number): void {
    if (!this.isOpen(round)) return;
    this.announcer.open(client, {
      round,
      task: this.task.id,
      base: this.open.base(),
      deadlineMs: Math.max(0, deadline - this.open.now()),
      seed: roundSeed(this.task, round),
    });
  }

  /** Tells ready clients who were not chosen how long nothing will be asked of them. */
  sendToRest(round: number, attempt: number, deadline: number): void {
    const { ready, cohort } = this.open.state();
    const ms = deadline - this.open.now();
    if (!isWorthTelling(ms) || !this.isOpen(round)) return;
    const { seed } = this.task.federation;
    const random = new Random(deriveSeed(seed, 'come-back', round, attempt));
    for (const client of ready) {
      if (cohort.has(client)) continue;
      this.announcer.rest(client, returnWait(ms, ready.size - cohort.size, random));
    }
  }

  private isOpen(round: number): boolean {
    const state = this.open.state();
    return state.phase === 'OPEN' && state.round === round;
  }
}
