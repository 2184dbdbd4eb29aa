/**
 * When clients come back, so that ten thousand of them do not come at once: each gets a wait of its
 * own, spread evenly over a window that grows with their number ("pace steering": Bonawitz et al.,
 * Towards Federated Learning at Scale, 2019).
 */
import type { Random } from '@fedhybnn/shared';

/** Clients a second whom a coordinator takes back beside its work. */
const RETURNS_PER_SECOND = 500;
/** A shorter wait is not worth a message to everybody who waits. Milliseconds. */
const WORTH_MS = 10_000;
/** The least window. Milliseconds. */
const NARROWEST_MS = 1000;

/** A wait of at least `ms` for one of `clients` clients. Whole milliseconds. */
export function returnWait(ms: number, clients: number, random: Random): number {
  const window = Math.max(NARROWEST_MS, (1000 * clients) / RETURNS_PER_SECOND);
  return Math.round(ms + random.unit() * window);
}

/** Whether clients who were not chosen are told how long nothing will be asked of them. */
export function isWorthTelling(ms: number): boolean {
  return ms >= WORTH_MS;
}
