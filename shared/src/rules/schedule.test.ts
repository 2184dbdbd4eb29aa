import { describe, expect, it } from 'vitest';
import { scheduleFactor } from './schedule.js';

describe('scheduleFactor', () => {
  it('starts at 1, halves its range in the middle, and ends just above 0.1', () => {
    expect(scheduleFactor(1, 50)).toBe(1);
    expect(scheduleFactor(26, 50)).toBe(0.55);
    expect(scheduleFactor(50, 50)).toBeCloseTo(
      0.1 + 0.45 * (1 + Math.cos((49 / 50) * Math.PI)),
      12,
    );
    expect(scheduleFactor(1, 1)).toBe(1);
  });

  it('falls from round to round and stays above 0.1', () => {
    for (let round = 2; round <= 1000; round++) {
      expect(scheduleFactor(round, 1000)).toBeLessThan(scheduleFactor(round - 1, 1000));
      expect(scheduleFactor(round, 1000)).toBeGreaterThan(0.1);
    }
  });
});
