import { describe, expect, it } from 'vitest';
import { statisticsOf, statisticsText } from './statistics.js';

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
