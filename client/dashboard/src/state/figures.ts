/** What the rounds of a federation add up to. Pure. */
import type { LiveFederation, TimedRound } from '@fedhybnn/shared';

export interface Traffic {
  /** Bytes of all clients together. */
  readonly up: number;
  readonly down: number;
  /** Both, had each parameter been a 32-bit number. */
  readonly as32: number;
  /** Bits per parameter of one client in one round. */
  readonly upBpp: number;
  readonly downBpp: number;
}

/** Undefined before the first update is counted. */
export function trafficOf({
  parameters,
  totals,
}: Pick<LiveFederation, 'parameters' | 'totals'>): Traffic | undefined {
  const { counted, uplinkBytes: up, downlinkBytes: down } = totals;
  if (counted === 0 || parameters === 0) return undefined;
  const bits = (bytes: number) => (8 * bytes) / counted / parameters;
  return { up, down, as32: 8 * parameters * counted, upBpp: bits(up), downBpp: bits(down) };
}

export interface Best {
  readonly round: number;
  readonly accuracy: number;
}

/** The first of the best rounds; undefined where accuracy is not measured. */
export function bestOf(rounds: readonly TimedRound[]): Best | undefined {
  let best: Best | undefined;
  for (const { round, accuracy } of rounds) {
    if (accuracy !== null && (best === undefined || accuracy > best.accuracy)) {
      best = { round, accuracy };
    }
  }
  return best;
}

/** Milliseconds from the opening of a round's last attempt to its model; null where not known. */
export function durationOf({ openedAt, publishedAt }: TimedRound): number | null {
  return openedAt === null ? null : Math.max(0, publishedAt - openedAt);
}

/** Undefined of nothing. */
export function medianOf(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return undefined;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Bytes up and down of all clients, summed up to each round. */
export function bytesUpTo(rounds: readonly TimedRound[]): number[] {
  let sum = 0;
  return rounds.map(({ uplinkBytes, downlinkBytes, counted }) => {
    sum += uplinkBytes + downlinkBytes * counted;
    return sum;
  });
}
