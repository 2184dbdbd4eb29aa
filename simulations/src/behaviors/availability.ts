/**
 * When clients are there, as a daily rhythm: phones take part at night, while they charge on an
 * unmetered network and nobody uses them (Bonawitz et al., arXiv 1902.01046: four times as many
 * devices at night as by day). Client c lives in a time zone of its own, and on each of its days d:
 *
 *   night    starts at 22:00 + 1 h · N(0, 1), within ±4 h; lasts 7 h · exp(0.3 · N(0, 1)), at most 12 h;
 *            left out with a chance of 1/8
 *   daytime  with a chance of 1/3, from U(14:00, 17:30) on for 30 min · exp(0.5 · N(0, 1)), until 18:00
 *            at most
 *
 * Zones are whole hours from −11 to +12, equally likely. The federation starts at midnight UTC. The
 * windows of a day are a function of seed, client and day, so the rhythm can be taken up anywhere.
 */
import { deriveSeed, exp, Random } from '@fedhybnn/shared';
import type { PresenceChange } from '../engine/behavior.js';
import { normal } from '../partitions/draws.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A window of day d is over before day d + 3 begins, in any zone. */
const LATEST = 3;

interface Window {
  readonly start: number;
  readonly end: number;
}

/**
 * Who is ready at `fromMs`, then who comes and goes, ascending, without end.
 * @param clients how many
 */
export function* diurnalPresence(
  clients: number,
  seed: number,
  fromMs: number,
): Generator<PresenceChange> {
  const today = Math.floor(fromMs / DAY);
  let changes: PresenceChange[] = [];
  // No window of day d starts before day d, so a day is known once the windows up to it are.
  for (let day = today - LATEST; ; day++) {
    for (let client = 0; client < clients; client++) {
      for (const { start, end } of windowsOf(client, day, seed)) {
        if (end <= fromMs) continue;
        changes.push({ atMs: Math.max(start, fromMs), client, ready: true });
        changes.push({ atMs: end, client, ready: false });
      }
    }
    if (day < today) continue;
    changes.sort(inOrder);
    const midnight = (day + 1) * DAY;
    const later = changes.findIndex(({ atMs }) => atMs >= midnight);
    const now = later < 0 ? changes : changes.slice(0, later);
    changes = later < 0 ? [] : changes.slice(later);
    yield* now;
  }
}

/** At equal times who goes first goes before who comes, then by number. */
function inOrder(a: PresenceChange, b: PresenceChange): number {
  return a.atMs - b.atMs || Number(a.ready) - Number(b.ready) || a.client - b.client;
}

/** The first moment from `atMs` on at which a client is there. */
export function diurnalReturn(client: number, seed: number, atMs: number): number {
  for (let day = Math.floor(atMs / DAY) - LATEST; ; day++) {
    const next = windowsOf(client, day, seed).find(({ end }) => end > atMs);
    if (next !== undefined) return Math.max(atMs, next.start);
  }
}

/** The windows of a client's day in UTC, in whole milliseconds; they never touch. */
export function windowsOf(client: number, day: number, seed: number): Window[] {
  const zone = new Random(deriveSeed(seed, 'time-zone', client)).below(24) - 11;
  const random = new Random(deriveSeed(seed, 'availability', client, day));
  // The first local midnight at or after that of UTC: nothing of day d is before day d.
  const midnight = day * DAY + ((24 - zone) % 24) * HOUR;
  const windows: Window[] = [];
  const away = random.below(8) === 0;
  const shift = Math.max(-4, Math.min(4, normal(random)));
  const length = Math.min(12, 7 * exp(0.3 * normal(random)));
  const early = random.below(3) === 0;
  const start = 14 + 3.5 * random.unit();
  const short = 0.5 * exp(0.5 * normal(random));
  const add = (from: number, to: number) => {
    windows.push({
      start: midnight + Math.round(from * HOUR),
      end: midnight + Math.round(to * HOUR),
    });
  };
  if (early) add(start, Math.min(start + short, 17.99));
  if (!away) add(22 + shift, 22 + shift + length);
  return windows;
}
