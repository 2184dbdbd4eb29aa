import { deriveSeed, Random } from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { isWorthTelling, returnWait } from './pacing.js';

describe('the way back', () => {
  it('of ten thousand clients is spread, so that no second has more than twice its share', () => {
    const random = new Random(deriveSeed(1, 'pacing'));
    const waits = Array.from({ length: 10_000 }, () => returnWait(2000, 10_000, random));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(2000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(22_000);
    const seconds = new Map<number, number>();
    for (const wait of waits) {
      const second = Math.floor(wait / 1000);
      seconds.set(second, (seconds.get(second) ?? 0) + 1);
    }
    expect(Math.max(...seconds.values())).toBeLessThan(1000);
  });

  it('of few clients is spread over a second', () => {
    const random = new Random(deriveSeed(2, 'pacing'));
    const waits = Array.from({ length: 50 }, () => returnWait(500, 3, random));
    expect(Math.max(...waits)).toBeLessThanOrEqual(1500);
    expect(new Set(waits).size).toBeGreaterThan(25);
  });

  it('is worth a message only if it is long', () => {
    expect([isWorthTelling(500), isWorthTelling(60_000)]).toEqual([false, true]);
  });
});
