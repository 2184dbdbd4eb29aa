import type { TimedRound } from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { bestOf, bytesUpTo, durationOf, medianOf, trafficOf } from './figures.js';

const round = (number: number, more: Partial<TimedRound> = {}): TimedRound => ({
  ...{ round: number, step: '1'.repeat(64), model: '2'.repeat(64), counted: 2, accuracy: null },
  ...{ uplinkBytes: 200, downlinkBytes: 50, openedAt: 1000, publishedAt: 4000 },
  ...more,
});

describe('the figures of rounds', () => {
  it('count bits per parameter on the bytes of one client, and what 32 bits would have cost', () => {
    const totals = { counted: 4, uplinkBytes: 400, downlinkBytes: 200 };
    expect(trafficOf({ parameters: 800, totals })).toEqual({
      ...{ up: 400, down: 200, upBpp: 1, downBpp: 0.5 },
      // 4 bytes a parameter, each way, four times.
      as32: 2 * 4 * 800 * 4,
    });
    const nothing = { counted: 0, uplinkBytes: 0, downlinkBytes: 0 };
    expect(trafficOf({ parameters: 800, totals: nothing })).toBeUndefined();
  });

  it('name the first of the best rounds', () => {
    const rounds = [0.5, 0.9, null, 0.9].map((accuracy, i) => round(i + 1, { accuracy }));
    expect(bestOf(rounds)).toEqual({ round: 2, accuracy: 0.9 });
    expect(bestOf([round(1)])).toBeUndefined();
  });

  it('measure a round from its opening, and not where that is unknown', () => {
    expect(durationOf(round(1))).toBe(3000);
    expect(durationOf(round(1, { openedAt: null }))).toBeNull();
    // A clock that was set back.
    expect(durationOf(round(1, { openedAt: 9000 }))).toBe(0);
  });

  it('add up what all clients sent and received', () => {
    expect(bytesUpTo([round(1), round(2, { counted: 3 })])).toEqual([300, 650]);
    expect(medianOf([])).toBeUndefined();
    expect(medianOf([5, 1, 3])).toBe(3);
    expect(medianOf([4, 1, 3, 2])).toBe(2.5);
  });
});
