/** What arrives of a round's updates: all of it where that is needed, else no more than their tally. */
import {
  FRAME_OVERHEAD,
  looksAtUpdates,
  type RoundContext,
  type Rule,
  RunningTally,
  type Tally,
} from '@fedhybnn/shared';
import type { TrainedClient } from './cohort-training.js';
import type { Simulation } from './simulation.js';

export interface Arrivals {
  readonly count: number;
  /** Mean training loss. */
  readonly loss: number;
  /** Bytes of the update frames. */
  readonly bytes: number;
  /** In the order of their arrival; nothing where they are tallied. */
  readonly updates: readonly TrainedClient[];
  /** Of all of them; undefined where they are kept. */
  readonly tally: Tally | undefined;
}

/** Payloads that are tallied at a time: what a round holds of its updates does not grow with it. */
const TALLIED = 64;

/** Takes one round's updates in. */
export class ArrivalCounter {
  private readonly keeps: boolean;
  private readonly updates: TrainedClient[] = [];
  private waiting: Uint8Array[] = [];
  private readonly running: RunningTally;
  private count = 0;
  private losses = 0;
  private bytes = 0;

  constructor(
    { attack, observers = [], rule: own, task }: Simulation,
    rule: Rule,
    context: RoundContext,
  ) {
    this.running = new RunningTally(rule, context);
    const watched = observers.some(({ needsUpdates }) => needsUpdates);
    // A rule of one's own need not be a sum.
    const asked = attack !== undefined || own !== undefined || watched;
    this.keeps = asked || looksAtUpdates(task.federation.robust);
  }

  add(update: TrainedClient): void {
    this.count++;
    this.losses += update.loss;
    this.bytes += FRAME_OVERHEAD + update.payload.length;
    if (this.keeps) this.updates.push(update);
    else this.waiting.push(update.payload);
    if (this.waiting.length === TALLIED) this.tallyWaiting();
  }

  /** After the last update. */
  finish(): Arrivals {
    if (!this.keeps) this.tallyWaiting();
    const { count, losses, bytes, updates } = this;
    const tally = this.keeps ? undefined : this.running.tally;
    return { count, loss: losses / count, bytes, updates, tally };
  }

  private tallyWaiting(): void {
    this.running.add(this.waiting);
    this.waiting = [];
  }
}
