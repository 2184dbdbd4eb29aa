import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PresenceChange } from '../engine/behavior.js';
import { diurnalPresence, diurnalReturn, windowsOf } from './availability.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The changes up to a time. */
function upTo(end: number, changes: Iterable<PresenceChange>): PresenceChange[] {
  const taken: PresenceChange[] = [];
  for (const change of changes) {
    if (change.atMs > end) break;
    taken.push(change);
  }
  return taken;
}

/** Who is there at the end of the changes. */
function there(changes: readonly PresenceChange[]): number[] {
  const ready = new Set<number>();
  for (const { client, ready: is } of changes) {
    if (is) ready.add(client);
    else ready.delete(client);
  }
  return [...ready].sort((a, b) => a - b);
}

describe('a daily rhythm', () => {
  it('has windows of whole milliseconds in their order, which do not overlap', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(1000), fc.nat(400), (client, seed, day) => {
        const windows = [day, day + 1, day + 2].flatMap((each) => windowsOf(client, each, seed));
        let last = day * DAY;
        for (const { start, end } of windows) {
          expect(Number.isSafeInteger(start) && Number.isSafeInteger(end)).toBe(true);
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
      }),
    );
  });

  it('tells comings and goings in their order, each client coming before it goes', () => {
    const changes = upTo(5 * DAY, diurnalPresence(40, 1, 0));
    const ready = new Set<number>();
    let last = 0;
    for (const { atMs, client, ready: is } of changes) {
      expect(atMs).toBeGreaterThanOrEqual(last);
      last = atMs;
      expect(ready.has(client)).toBe(!is);
      if (is) ready.add(client);
      else ready.delete(client);
    }
    expect(changes.length).toBeGreaterThan(300);
  });

  it('is found again from any moment on', () => {
    fc.assert(
      fc.property(fc.nat(6 * DAY), fc.nat(20), (from, seed) => {
        const end = from + DAY;
        const whole = upTo(end, diurnalPresence(25, seed, 0));
        const resumed = upTo(end, diurnalPresence(25, seed, from));
        expect(there(resumed)).toEqual(there(whole));
        const after = (changes: readonly PresenceChange[]) =>
          changes.filter(({ atMs }) => atMs > from);
        expect(after(resumed)).toEqual(after(whole));
      }),
      { numRuns: 25 },
    );
  });

  it('has far more devices by night than by day', () => {
    // Hours since a client's own noon: its windows of day d lie between 14:00 and 14:00 of the next.
    const hours = new Array(24).fill(0);
    for (let client = 0; client < 2000; client++) {
      const nights = windowsOf(client, 10, 3);
      const evening = nights.find(({ end, start }) => end - start > 3 * HOUR);
      if (evening === undefined) continue;
      for (const { start, end } of nights) {
        for (let t = start; t < end; t += HOUR / 4) {
          const away = Math.floor((t - evening.start) / HOUR);
          hours[(away + 24) % 24]++;
        }
      }
    }
    const sum = (from: number, to: number) => hours.slice(from, to).reduce((a, b) => a + b, 0);
    expect(sum(0, 6) / 6).toBeGreaterThan((4 * sum(12, 24)) / 12);
  });

  it('is at every hour somewhere in the world', () => {
    const counts = Array.from({ length: 24 }, () => 0);
    for (let client = 0; client < 2000; client++) {
      for (const day of [9, 10, 11, 12]) {
        for (const { start, end } of windowsOf(client, day, 3)) {
          counts.forEach((_, hour) => {
            const at = 12 * DAY + hour * HOUR;
            if (start <= at && at < end) counts[hour]++;
          });
        }
      }
    }
    expect(Math.max(...counts) / Math.min(...counts)).toBeLessThan(1.5);
    // A night of some seven hours, seven days of eight.
    expect(counts.reduce((a, b) => a + b) / 24 / 2000).toBeCloseTo(0.27, 1);
  });

  it('says when a client is there next', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(8 * DAY), (client, at) => {
        const next = diurnalReturn(client, 1, at);
        const windows = Array.from({ length: 16 }, (_, day) =>
          windowsOf(client, day - 4, 1),
        ).flat();
        const inside = windows.find(({ start, end }) => start <= next && next < end);
        expect(inside).toBeDefined();
        const earlier = windows.some(({ start, end }) => end > at && start < next && end <= next);
        expect(earlier).toBe(false);
        expect(next === at || next === inside?.start).toBe(true);
      }),
    );
  });
});
