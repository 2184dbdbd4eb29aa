import { describe, expect, it } from 'vitest';
import { gini, pairedDifference, statisticsOf, statisticsText, worstTenth } from './statistics.js';

describe('statistics over seeds', () => {
  it('are the mean and the sample deviation', () => {
    expect(statisticsOf([2, 4, 9])).toEqual({ mean: 5, deviation: Math.sqrt(13), count: 3 });
  });

  it('have no deviation for a single seed, and are nothing without seeds', () => {
    expect(statisticsOf([0.5])).toEqual({ mean: 0.5, count: 1 });
    expect(statisticsOf([])).toBeUndefined();
  });

  it('are written with as many digits as asked for', () => {
    const percent = { scale: 100, digits: 2 };
    expect(statisticsText(statisticsOf([0.97, 0.98]), percent)).toBe('97.50 ± 0.71');
    expect(statisticsText(statisticsOf([0.97]), percent)).toBe('97.00');
    expect(statisticsText(undefined, percent)).toBe('–');
  });
});

describe('a paired difference', () => {
  it("has Student's interval: 4.303 · s / √3 either way for three seeds", () => {
    const pairs = [
      [3, 1],
      [5, 2],
      [4, 3],
    ] as const;
    const { mean, margin, seeds } = pairedDifference(pairs)!;
    expect({ mean, seeds }).toEqual({ mean: 2, seeds: 3 });
    expect(margin).toBeCloseTo(2.4843, 3);
  });

  it('has no interval for one seed, and is nothing without any', () => {
    expect(pairedDifference([[2, 1]])).toEqual({ mean: 1, seeds: 1 });
    expect(pairedDifference([])).toBeUndefined();
  });
});

describe('inequality', () => {
  it('is the mean of the worst tenth', () => {
    expect(worstTenth([5, 1, ...new Array(18).fill(9), 3])).toBe(2);
    expect(worstTenth([4, 2])).toBe(2);
  });

  it('is the Gini coefficient: 0 for equals, (n − 1)/n where one has all, known values between', () => {
    expect(gini([2, 2, 2])).toBe(0);
    expect(gini([0, 0, 0, 8])).toBe(0.75);
    expect(gini([1, 2, 3, 4, 5])).toBeCloseTo(4 / 15, 12);
    expect(gini([0, 0])).toBe(0);
  });
});
