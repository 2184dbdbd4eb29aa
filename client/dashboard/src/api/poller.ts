/**
 * Asks again and again, one question at a time: not while the page is hidden, ever more rarely while
 * there is no answer, and more rarely where answers are slow.
 */
import { FederationError } from '@fedhybnn/shared';
import { type ReadonlySignal, signal } from '@preact/signals';

export interface PollerOptions {
  readonly load: (signal: AbortSignal) => Promise<void>;
  /** From an answer to the next question. Milliseconds. */
  readonly every: () => number;
}

/** The longest wait after failures. Milliseconds. */
const LONGEST_MS = 10_000;

/** Of the time that an answer took, so many times until the next question. */
const REST = 5;

/** After so many failures in a row; the first repetition comes as soon as usual. */
export function waitAfter(failures: number, everyMs: number): number {
  return Math.min(LONGEST_MS, everyMs * 1.6 ** Math.max(0, failures - 1));
}

export class Poller {
  private readonly error = signal<FederationError | undefined>(undefined);
  private readonly controller = new AbortController();
  private wake: () => void = () => {};

  constructor(private readonly options: PollerOptions) {
    const { signal: stopped } = this.controller;
    document.addEventListener('visibilitychange', () => this.hurry(), { signal: stopped });
    addEventListener('online', () => this.hurry(), { signal: stopped });
    void this.run();
  }

  /** Why the last question had no answer; undefined while all is well. */
  get failure(): ReadonlySignal<FederationError | undefined> {
    return this.error;
  }

  /** Asks now, without waiting for its time. */
  hurry(): void {
    this.wake();
  }

  stop(): void {
    this.controller.abort();
    this.wake();
  }

  private async run(): Promise<void> {
    const { signal: stopped } = this.controller;
    for (let failures = 0; !stopped.aborted; ) {
      if (document.visibilityState === 'hidden') {
        await this.pause(undefined);
        continue;
      }
      const asked = performance.now();
      try {
        await this.options.load(stopped);
        failures = 0;
        this.error.value = undefined;
      } catch (thrown) {
        if (stopped.aborted) return;
        failures++;
        this.error.value = FederationError.from(thrown);
      }
      const took = failures === 0 ? performance.now() - asked : 0;
      await this.pause(Math.max(waitAfter(failures, this.options.every()), REST * took));
    }
  }

  /** Until it is time, or until somebody is in a hurry. */
  private pause(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
