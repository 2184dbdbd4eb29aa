import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ReportQueue, TOGETHER_MS } from './report-queue.js';

describe('reports of the engine', () => {
  let shown: number[][];
  let queue: ReportQueue<number>;
  beforeEach(() => {
    vi.useFakeTimers();
    shown = [];
    queue = new ReportQueue((reports) => shown.push([...reports]));
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('that come within moments are shown at once, in order', () => {
    queue.add(1);
    vi.advanceTimersByTime(TOGETHER_MS - 1);
    queue.add(2);
    expect(shown).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(shown).toEqual([[1, 2]]);
    queue.add(3);
    vi.advanceTimersByTime(TOGETHER_MS);
    expect(shown).toEqual([[1, 2], [3]]);
  });

  it('are shown before what comes after them, and once', () => {
    queue.add(1);
    queue.flush();
    expect(shown).toEqual([[1]]);
    vi.advanceTimersByTime(2 * TOGETHER_MS);
    queue.flush();
    expect(shown).toEqual([[1]]);
  });
});
