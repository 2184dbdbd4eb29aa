import { describe, expect, it } from 'vitest';
import { measure, quantile, ratioOf } from './measure.js';

describe('quantiles', () => {
  it('interpolate between sorted values', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([5, 1, 3], 0.5)).toBe(3);
    expect(quantile([0, 10], 0.25)).toBe(2.5);
    expect(quantile([7], 0.75)).toBe(7);
  });
});

describe('measure', () => {
  it('takes all works in turn, and tells the time of each turn', async () => {
    const order: string[] = [];
    const works = new Map(['ours', 'a', 'b'].map((name) => [name, () => void order.push(name)]));
    const times = await measure(works, { rounds: 3, turnMs: 0.001 });
    const turns = order.filter((name, i) => name !== order[i - 1]);
    expect(turns.slice(-9)).toEqual(['ours', 'a', 'b', 'ours', 'a', 'b', 'ours', 'a', 'b']);
    for (const name of works.keys()) {
      expect(times.get(name)).toHaveLength(3);
      expect(times.get(name)?.every((time) => time > 0)).toBe(true);
    }
  });
});

describe('a ratio', () => {
  it('is the median over the rounds, whatever slows a whole round down', () => {
    const ours = [1, 10, 1, 2, 1];
    const peer = [4, 40, 5, 6, 4];
    expect(ratioOf(ours, peer)).toEqual({
      ...{ ratio: 4, low: 4, high: 4 },
      ...{ contenderMs: 1, peerMs: 5 },
    });
  });
});
