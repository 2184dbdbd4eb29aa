/** What a summary says of simulated time and devices. */
import type { RoundMetrics } from '../engine/round-metrics.js';
import { DEVICE_NAMES, type DeviceName, type DeviceShares } from './devices.js';
import type { BehaviorOptions } from './options.js';
import { type DeviceUsage, USAGE_NAMES } from './usage.js';

/** One device class over a whole run. */
export type DeviceTotals = { readonly [Figure in keyof DeviceUsage]: number };

export interface BehaviorSummary {
  /** From the start to the last round that was sealed. */
  readonly simulatedSeconds?: number;
  /** How updates were aggregated, where not in rounds. */
  readonly aggregation?: string;
  /** Of an asynchronous run: steps between an update's model and the step that it was part of, on average. */
  readonly staleness?: number;
  /** By device class; absent without `--devices`. */
  readonly devices?: Readonly<Partial<Record<DeviceName, DeviceTotals>>>;
}

export function behaviorSummary(
  rounds: readonly RoundMetrics[],
  { devices: shares, aggregation }: Pick<BehaviorOptions, 'devices' | 'aggregation'>,
): BehaviorSummary {
  const last = rounds.at(-1)?.simulatedMs;
  return {
    ...(last !== undefined && { simulatedSeconds: last / 1000 }),
    ...(aggregation !== undefined && {
      aggregation: `buffered:${aggregation.buffer}`,
      staleness: meanStaleness(rounds),
    }),
    ...(shares !== undefined && { devices: deviceTotals(rounds, shares) }),
  };
}

function meanStaleness(rounds: readonly RoundMetrics[]): number {
  const sum = rounds.reduce((all, { extra }) => {
    const value = extra?.staleness;
    return all + (typeof value === 'number' ? value : 0);
  }, 0);
  return Number((sum / Math.max(1, rounds.length)).toFixed(3));
}

function deviceTotals(
  rounds: readonly RoundMetrics[],
  shares: DeviceShares,
): NonNullable<BehaviorSummary['devices']> {
  const classes = DEVICE_NAMES.filter((name) => (shares[name] ?? 0) > 0);
  return Object.fromEntries(classes.map((name, i) => [name, totalsOf(rounds, i)]));
}

function totalsOf(rounds: readonly RoundMetrics[], index: number): DeviceTotals {
  const total = (name: string) =>
    rounds.reduce((sum, { extra }) => {
      const figures = extra?.[name];
      return sum + (typeof figures === 'object' ? figures[index] : 0);
    }, 0);
  return {
    invited: total(USAGE_NAMES.invited),
    counted: total(USAGE_NAMES.counted),
    uplinkBytes: total(USAGE_NAMES.uplinkBytes),
    downlinkBytes: total(USAGE_NAMES.downlinkBytes),
    busySeconds: Number(total(USAGE_NAMES.busySeconds).toFixed(3)),
  };
}

/** For people: `1 h 03 min`, `2 min 05 s`, `4.2 s`. */
export function shownTime(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const whole = Math.round(seconds);
  if (whole >= 86_400)
    return `${Math.floor(whole / 86_400)} d ${two(Math.floor(whole / 3600) % 24)} h`;
  if (whole >= 3600) return `${Math.floor(whole / 3600)} h ${two(Math.floor(whole / 60) % 60)} min`;
  if (whole >= 60) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${seconds.toFixed(1)} s`;
}
