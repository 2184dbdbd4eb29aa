/** Tells clients how many of them a round still waits for. */
import { gathering, type RoundSettings, type RoundState } from '@fedhybnn/shared';
import type { Announcer } from './federation-parts.js';

/** Shortest time from one telling to the next, and its part for each listener. Milliseconds. */
const AT_LEAST_MS = 500;
const PER_LISTENER_MS = 1;

export interface GatheringRound {
  state(): RoundState;
  readonly settings: RoundSettings;
}

/**
 * Tells while there are too few, and once when there are enough. What changes within a moment is told
 * together, and the more listen the more rarely: a crowd that arrives must not be told of each other.
 */
export class Gathering {
  private timer: NodeJS.Timeout | undefined;
  /** Too few were there when it was told last. */
  private wasShort = false;

  constructor(
    private readonly round: GatheringRound,
    private readonly announcer: Pick<Announcer, 'gathering'>,
  ) {}

  /** The round may have changed. */
  look(): void {
    if (this.timer !== undefined || !(this.wasShort || this.now().short)) return;
    const wait = Math.max(AT_LEAST_MS, PER_LISTENER_MS * this.round.state().ready.size);
    this.timer = setTimeout(() => this.tell(), wait);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private now() {
    return gathering(this.round.state(), this.round.settings);
  }

  private tell(): void {
    this.timer = undefined;
    const { ready, needed, short } = this.now();
    // A round that has opened since had enough, whoever has left it: who was not chosen is told, too.
    if (short || this.wasShort) {
      this.announcer.gathering({ ready: short ? ready : Math.max(ready, needed), needed });
    }
    this.wasShort = short;
  }
}
