import { describe, expect, it } from 'vitest';
import { across, curvePath, roundTicks } from './curve.js';

describe('a curve over rounds', () => {
  it('goes from corner to corner, over gaps too', () => {
    const values = [
      { round: 4, share: 0 },
      { round: 5, share: undefined },
      { round: 6, share: 0.25 },
      { round: 8, share: 1 },
    ];
    expect(curvePath(values)).toBe('M0.00 100.00L50.00 75.00L100.00 0.00');
  });

  it('begins where its first value is known, in the place of that round', () => {
    const values = [
      { round: 0, share: undefined },
      { round: 1, share: 0.5 },
      { round: 2, share: 0.5 },
    ];
    expect(curvePath(values)).toBe('M50.00 50.00L100.00 50.00');
    expect(curvePath([])).toBe('');
    expect(across(3, 3, 3)).toBe(0);
  });

  it.each<[first: number, last: number, ticks: number[]]>([
    [1, 3, [1, 2, 3]],
    [1, 12, [2, 4, 6, 8, 10, 12]],
    [0, 30, [0, 10, 20, 30]],
    [95, 105, [96, 98, 100, 102, 104]],
    [1, 1000, [200, 400, 600, 800, 1000]],
  ])('names whole rounds: %d to %d', (first, last, ticks) => {
    expect(roundTicks(first, last, 6)).toEqual(ticks);
  });
});
