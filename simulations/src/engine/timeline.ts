/** Simulated time: what happens next, and when. */
import TinyQueue from 'tinyqueue';
import type { PresenceChange } from './behavior.js';

/** Something that happens to the round machine. */
export type Happening =
  | { readonly type: 'update'; readonly client: number; readonly ticket: number }
  | { readonly type: 'ready'; readonly client: number }
  | { readonly type: 'gone'; readonly client: number }
  | { readonly type: 'tick' };

interface Scheduled {
  readonly atMs: number;
  /** Among equal times, what was scheduled first happens first. */
  readonly order: number;
  readonly happening: Happening;
}

function inOrder(a: Scheduled, b: Scheduled): number {
  return a.atMs - b.atMs || a.order - b.order;
}

/** A queue by time, merged with the comings and goings of clients and with one wake-up call. */
export class Timeline {
  private readonly queue = new TinyQueue<Scheduled>([], inOrder);
  private readonly presence: Iterator<PresenceChange> | undefined;
  private change: PresenceChange | undefined;
  private wakeMs: number | undefined;
  private scheduled = 0;
  private now: number;

  /** @param presence ascending by time */
  constructor(startMs: number, presence?: Iterable<PresenceChange>) {
    this.now = startMs;
    this.presence = presence?.[Symbol.iterator]();
    this.change = this.presence?.next().value;
  }

  /** Simulated milliseconds since the start of the federation. Never goes back. */
  get nowMs(): number {
    return this.now;
  }

  at(atMs: number, happening: Happening): void {
    this.queue.push({ atMs, order: this.scheduled++, happening });
  }

  /** A tick at that time, instead of the one asked for before. */
  wakeAt(atMs: number): void {
    this.wakeMs = atMs;
  }

  /** What is scheduled of clients' comings and goings, in the order in which it happens. */
  changes(): PresenceChange[] {
    const scheduled = [...this.queue.data].sort(inOrder);
    return scheduled.flatMap(({ atMs, happening }) =>
      happening.type === 'ready' || happening.type === 'gone'
        ? [{ atMs, client: happening.client, ready: happening.type === 'ready' }]
        : [],
    );
  }

  /**
   * Moves to what happens next: at equal times comings and goings first, then what was scheduled,
   * then the tick. Undefined where nothing ever will.
   */
  next(): Happening | undefined {
    const change = this.change?.atMs ?? Number.POSITIVE_INFINITY;
    const queued = this.queue.peek()?.atMs ?? Number.POSITIVE_INFINITY;
    const wake = this.wakeMs ?? Number.POSITIVE_INFINITY;
    const first = Math.min(change, queued, wake);
    if (first === Number.POSITIVE_INFINITY) return undefined;
    this.now = Math.max(this.now, first);
    if (change === first) return this.nextChange();
    if (queued === first) return this.queue.pop()?.happening;
    this.wakeMs = undefined;
    return { type: 'tick' };
  }

  private nextChange(): Happening | undefined {
    const { change } = this;
    this.change = this.presence?.next().value;
    return change && { type: change.ready ? 'ready' : 'gone', client: change.client };
  }
}
