import { describe, expect, it } from 'vitest';
import { measure, quantile } from './measure.js';

describe('quantiles', () => {
  it('interpolate between sorted values', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([5, 1, 3], 0.5)).toBe(3);
    expect(quantile([0, 10], 0.25)).toBe(2.5);
    expect(quantile([7], 0.75)).toBe(7);
  });
});

describe('measure', () => {
  it('takes contender and peers in turn, and relates times within a round', async () => {
    const order: string[] = [];
    const peers = new Map([
      ['a', () => void order.push('a')],
      ['b', () => void order.push('b')],
    ]);
    const result = await measure(() => void order.push('ours'), peers, {
      rounds: 3,
      turnMs: 0.001,
    });
    const turns = order.filter((name, i) => name !== order[i - 1]);
    expect(turns.slice(-9)).toEqual(['ours', 'a', 'b', 'ours', 'a', 'b', 'ours', 'a', 'b']);
    for (const name of ['a', 'b']) {
      const { ratio, low, high, contenderMs, peerMs } = result.get(name)!;
      expect(low).toBeLessThanOrEqual(ratio);
      expect(ratio).toBeLessThanOrEqual(high);
      expect(contenderMs).toBeGreaterThan(0);
      expect(peerMs).toBeGreaterThan(0);
    }
  });
});
