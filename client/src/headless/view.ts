/** What a terminal shows of headless clients: a live line on a terminal, plain lines elsewhere. */
import type { SessionEvent } from '../sdk/index.js';
import { LiveLine, type Screen, type Status } from './live-line.js';

export interface HeadlessView {
  event(slot: number, event: SessionEvent): void;
  /** One line that stays. */
  note(line: string): void;
  stop(): void;
}

/** Shows nothing but warnings. */
export function quietView(stream: NodeJS.WritableStream = process.stderr): HeadlessView {
  return { event: () => {}, note: (line) => stream.write(`${line}\n`), stop: () => {} };
}

export function createView(
  count: number,
  stream: NodeJS.WriteStream = process.stderr,
): HeadlessView {
  const live = stream.isTTY ? new LiveLine(stream) : undefined;
  return new RoundView(count, live ?? { write: (line) => stream.write(`${line}\n`) });
}

/** Many clients, one story: what happens to all of them is told once. */
class RoundView implements HeadlessView {
  private readonly doing = new Map<number, string>();
  private readonly offline = new Set<number>();
  private readonly samples = new Map<number, number>();
  private joined = 0;
  /** Too few clients are there for a round. */
  private short = false;
  private told = 0;
  private status: Status = { round: 0, of: 0, accuracy: '–', doing: '' };

  constructor(
    private readonly count: number,
    private readonly screen: Screen,
  ) {}

  note(line: string): void {
    this.screen.write(line);
  }

  stop(): void {
    this.screen.stop?.();
  }

  event(slot: number, event: SessionEvent): void {
    switch (event.type) {
      case 'extracted':
        this.samples.set(slot, event.samples);
        if (this.samples.size === this.count)
          this.note(`latent bits of ${this.sampleCount()} samples`);
        return;
      case 'joined':
        if (++this.joined === this.count) {
          const who = this.count === 1 ? event.client : `${this.count} clients`;
          this.note(`joined "${event.task}" as ${who}`);
        }
        return;
      case 'offline':
        this.setOffline(slot, event.error.message, event.retryInMs);
        break;
      case 'online':
        this.setOnline(slot);
        break;
      case 'round':
        this.status = { ...this.status, round: event.round, of: event.of };
        this.doing.set(slot, 'training');
        break;
      case 'uploading':
        this.doing.set(slot, 'sending');
        break;
      case 'waiting':
        this.doing.set(slot, 'waiting');
        break;
      case 'gathering':
        this.setGathering(event.ready, event.needed);
        break;
      case 'refused':
        this.note(
          `round ${event.round}: an update does not count [${event.code}]: ${event.message}`,
        );
        break;
      case 'published':
        this.setPublished(event);
        break;
      default:
        return;
    }
    this.show();
  }

  private setOffline(slot: number, message: string, retryInMs: number): void {
    this.doing.set(slot, 'offline');
    if (this.offline.size === 0) {
      this.note(`offline: ${message}; trying again, first in ${(retryInMs / 1000).toFixed(1)} s`);
    }
    this.offline.add(slot);
  }

  private setOnline(slot: number): void {
    if (this.doing.get(slot) === 'offline') this.doing.set(slot, 'waiting');
    const wasOffline = this.offline.delete(slot);
    if (wasOffline && this.offline.size === 0) this.note('connected again');
  }

  /** Told when too few are there, not again with each that comes. */
  private setGathering(ready: number, needed: number): void {
    const short = ready < needed;
    if (short && !this.short) {
      this.note(
        `waiting for clients: ${ready} ${ready === 1 ? 'is' : 'are'} here, a round needs ${needed}`,
      );
    }
    this.short = short;
  }

  private setPublished(event: SessionEvent & { type: 'published' }): void {
    if (event.round <= this.told) return;
    this.told = event.round;
    const accuracy =
      event.accuracy === null ? 'not measured' : `${(100 * event.accuracy).toFixed(2)} %`;
    this.status = { ...this.status, round: event.round, accuracy };
    if (this.screen.show) return;
    const of = this.status.of === 0 ? '' : `/${this.status.of}`;
    this.note(
      `round ${event.round}${of}  accuracy ${accuracy}  ${event.counted} updates  ${kilobytes(event.uplinkBytes)} up  ${kilobytes(event.downlinkBytes)} down`,
    );
  }

  private show(): void {
    const tally = new Map<string, number>();
    for (const what of this.doing.values()) tally.set(what, (tally.get(what) ?? 0) + 1);
    const doing = [...tally].map(([what, clients]) => `${clients} ${what}`).join(', ');
    this.screen.show?.({ ...this.status, doing });
  }

  private sampleCount(): string {
    const total = [...this.samples.values()].reduce((sum, samples) => sum + samples, 0);
    return total.toLocaleString('en');
  }
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
