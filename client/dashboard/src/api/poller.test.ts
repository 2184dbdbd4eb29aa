import { describe, expect, it } from 'vitest';
import { waitAfter } from './poller.js';

describe('the wait between two questions', () => {
  it('is as usual after an answer and a first failure, then grows, and has an end', () => {
    expect([0, 1].map((failures) => waitAfter(failures, 1000))).toEqual([1000, 1000]);
    const waits = Array.from({ length: 20 }, (_, i) => waitAfter(i + 1, 1000));
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(new Set(waits.slice(0, 5)).size).toBe(5);
    expect(waits.at(-1)).toBe(10_000);
  });
});
