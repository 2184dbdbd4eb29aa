/**
 * What clients of a federation did since the coordinator has started: for the operator's eyes, in
 * memory only, and bounded. Nothing is decided by it.
 */
import type { DeviceClass } from '@fedhybnn/shared';

export interface Activity {
  /** How many sockets it has; a new one may come before the old one is gone. */
  readonly sockets: number;
  readonly device: DeviceClass | null;
  /** Milliseconds since 1970. */
  readonly seenAt: number;
  /** From the opening of its last round to its update. */
  readonly answerMs: number | null;
  /** Bytes of its accepted updates. */
  readonly sentBytes: number;
  /** Updates that were refused. */
  readonly refused: number;
}

const NOBODY: Activity = {
  ...{ sockets: 0, device: null, seenAt: 0, answerMs: null, sentBytes: 0, refused: 0 },
};

export class ClientActivity {
  /** The one seen last comes last. */
  private readonly clients = new Map<string, Activity>();

  /** @param most how many clients are remembered; the one not seen for longest is forgotten first */
  constructor(
    private readonly most = 20_000,
    private readonly now: () => number = Date.now,
  ) {}

  connected(client: string, device: DeviceClass): void {
    this.change(client, ({ sockets }) => ({ sockets: sockets + 1, device }));
  }

  gone(client: string): void {
    this.change(client, ({ sockets }) => ({ sockets: Math.max(0, sockets - 1) }));
  }

  /** @param ms from the opening of the round to now, or null where that is not known */
  accepted(client: string, bytes: number, ms: number | null): void {
    this.change(client, ({ sentBytes }) => ({ sentBytes: sentBytes + bytes, answerMs: ms }));
  }

  refused(client: string): void {
    this.change(client, ({ refused }) => ({ refused: refused + 1 }));
  }

  /** Undefined of a client that was not here since the start. */
  of(client: string): Activity | undefined {
    return this.clients.get(client);
  }

  private change(client: string, by: (before: Activity) => Partial<Activity>): void {
    const before = this.clients.get(client) ?? NOBODY;
    this.clients.delete(client);
    this.clients.set(client, { ...before, ...by(before), seenAt: this.now() });
    if (this.clients.size <= this.most) return;
    for (const [oldest] of this.clients) {
      this.clients.delete(oldest);
      return;
    }
  }
}
