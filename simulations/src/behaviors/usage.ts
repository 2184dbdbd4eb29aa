/**
 * What each device class does in a round: counted while clients are invited, told when the round is
 * published. Wasted work counts, too: of who came too late and of who was lost.
 */
import type { Answer, Behavior, Invitation } from '../engine/behavior.js';
import type { PlayedRound, RoundObserver } from '../engine/observer.js';
import type { RoundExtra } from '../engine/round-metrics.js';
import { DEVICE_NAMES, type DeviceShares, deviceOf } from './devices.js';

/** Figures of a round, one for each device class that takes part, in the order of `classes`. */
export interface DeviceUsage {
  readonly invited: readonly number[];
  readonly counted: readonly number[];
  readonly uplinkBytes: readonly number[];
  readonly downlinkBytes: readonly number[];
  /** Simulated seconds between invitation and answer. */
  readonly busySeconds: readonly number[];
}

/** The names of the figures in `extra`. */
export const USAGE_NAMES = {
  invited: 'devicesInvited',
  counted: 'devicesCounted',
  uplinkBytes: 'devicesUplinkBytes',
  downlinkBytes: 'devicesDownlinkBytes',
  busySeconds: 'devicesBusySeconds',
} as const satisfies Record<keyof DeviceUsage, string>;

/** A behavior that keeps accounts, and the observer that tells them. */
export class MeteredDevices implements Behavior, RoundObserver {
  /** Device classes that take part. */
  readonly classes;
  readonly presence?: NonNullable<Behavior['presence']>;
  /** By round: the next one may be under way when a round is told. */
  private readonly open = new Map<number, { invited: number[]; busyMs: number[] }>();

  constructor(
    private readonly behavior: Behavior,
    private readonly shares: DeviceShares,
    private readonly seed: number,
  ) {
    this.classes = DEVICE_NAMES.filter((name) => (shares[name] ?? 0) > 0);
    const { presence } = behavior;
    if (presence !== undefined) this.presence = (fromMs) => presence(fromMs);
  }

  answer(invitation: Invitation): Answer {
    const answer = this.behavior.answer(invitation);
    const at = this.classOf(invitation.client);
    const { invited, busyMs } = this.accountOf(invitation.round);
    invited[at]++;
    if (answer.kind !== 'silence') busyMs[at] += answer.afterMs;
    return answer;
  }

  observe({ metrics, clients }: PlayedRound): RoundExtra {
    const { invited, busyMs } = this.accountOf(metrics.round);
    this.open.delete(metrics.round);
    const counted = this.classes.map(() => 0);
    for (const client of clients) counted[this.classOf(client)]++;
    const uplink = metrics.uplinkBytes / Math.max(1, metrics.counted);
    const downlink = metrics.downlinkBytes / Math.max(1, metrics.receivers);
    return {
      [USAGE_NAMES.invited]: invited,
      [USAGE_NAMES.counted]: counted,
      [USAGE_NAMES.uplinkBytes]: counted.map((count) => Math.round(count * uplink)),
      [USAGE_NAMES.downlinkBytes]: invited.map((count) => Math.round(count * downlink)),
      [USAGE_NAMES.busySeconds]: busyMs.map((ms) => ms / 1000),
    };
  }

  private accountOf(round: number): { invited: number[]; busyMs: number[] } {
    const kept = this.open.get(round);
    if (kept !== undefined) return kept;
    const account = { invited: this.classes.map(() => 0), busyMs: this.classes.map(() => 0) };
    this.open.set(round, account);
    return account;
  }

  private classOf(client: number): number {
    return this.classes.indexOf(deviceOf(this.shares, client, this.seed).name);
  }
}
