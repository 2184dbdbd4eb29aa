/**
 * What an operator asks of a federation: to pause, to go on, to end. The wish is stored before it is
 * acknowledged, so it outlasts a crash; a round that is being played is played to its end first.
 */
import { FederationError, type RoundEvent, type RoundState } from '@fedhybnn/shared';
import type { StoredPhase } from '../store/store.js';
import { busy } from './refusal.js';

/** The federation, as far as its operator can move it. */
export interface ControlledRound {
  readonly task: string;
  stopped(): boolean;
  state(): RoundState;
  feed(event: RoundEvent): void;
  /** Stores the phase behind everything that was begun before; resolves when it is durable. */
  store(phase: StoredPhase): Promise<void>;
  /** Milliseconds of the federation's clock. */
  now(): number;
}

export class OperatorControl {
  constructor(private readonly round: ControlledRound) {}

  /** No further round opens. Resolves when that is durable; the open round may still be played. */
  pause(): Promise<void> {
    return this.ask('pause', 'PAUSED');
  }

  /** Rounds open again; a pause that was asked for is called off. */
  resume(): Promise<void> {
    return this.ask('resume', 'WAITING');
  }

  /** Ends the federation: after the open round, or at once. Asking again changes nothing. */
  async end(): Promise<void> {
    if (this.isEnding()) return;
    await this.ask('end', 'ENDING');
  }

  private isEnding(): boolean {
    const { phase, afterRound } = this.round.state();
    return phase === 'ENDED' || afterRound === 'end';
  }

  private async ask(type: 'pause' | 'resume' | 'end', phase: StoredPhase): Promise<void> {
    const { round } = this;
    if (round.stopped()) throw busy();
    if (this.isEnding()) {
      throw new FederationError(
        'federation-ended',
        `task ${round.task}: its end was asked for or has come; create another task to go on`,
      );
    }
    // The wish is queued before what it leads to: an end at once must be the last word.
    const stored = round.store(phase);
    round.feed({ type, now: round.now() });
    await stored;
  }
}
