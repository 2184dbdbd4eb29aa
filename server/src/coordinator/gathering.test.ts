import {
  advanceRound,
  initialRoundState,
  type RoundEvent,
  type RoundGathering,
} from '@fedhybnn/shared';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tinyTask } from '../testing/tiny-federation.js';
import { Gathering } from './gathering.js';

/** A round that takes three of four, at once with four. */
const { federation: settings } = tinyTask({ goal: 4, minimum: 3, ready: 4, gatherMs: 60_000 });

function waiting() {
  let state = initialRoundState();
  const told: RoundGathering[] = [];
  const gathering = new Gathering(
    { state: () => state, settings },
    { gathering: (message) => told.push(message) },
  );
  const feed = (...events: Pick<RoundEvent & { client: string }, 'type' | 'client'>[]) => {
    for (const event of events) {
      ({ state } = advanceRound(state, { ...event, now: 0 } as RoundEvent, settings));
      gathering.look();
    }
  };
  const ready = (...clients: string[]) =>
    feed(...clients.map((client) => ({ type: 'ready', client }) as const));
  const gone = (client: string) => feed({ type: 'gone', client });
  return { told, gathering, ready, gone, phase: () => state.phase };
}

describe('who waits for a round', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is told how many are there, of those who came together once', () => {
    const { told, ready } = waiting();
    ready('a');
    ready('b');
    expect(told).toEqual([]);
    vi.advanceTimersByTime(500);
    expect(told).toEqual([{ ready: 2, needed: 3 }]);
    vi.advanceTimersByTime(60_000);
    expect(told).toHaveLength(1);
  });

  it('is told when somebody leaves, or comes again and may not know', () => {
    const { told, ready, gone } = waiting();
    ready('a', 'b');
    vi.advanceTimersByTime(500);
    gone('b');
    vi.advanceTimersByTime(500);
    gone('a');
    ready('a');
    vi.advanceTimersByTime(500);
    expect(told.map((message) => message.ready)).toEqual([2, 1, 1]);
  });

  it('is told once that there are enough', () => {
    const { told, ready } = waiting();
    ready('a', 'b');
    vi.advanceTimersByTime(500);
    ready('c');
    vi.advanceTimersByTime(500);
    expect(told).toEqual([
      { ready: 2, needed: 3 },
      { ready: 3, needed: 3 },
    ]);
    vi.advanceTimersByTime(10_000);
    expect(told).toHaveLength(2);
  });

  it('is told that there are enough where a round opened at once, and some of it have left', () => {
    const { told, ready, gone, phase } = waiting();
    ready('a');
    vi.advanceTimersByTime(500);
    ready('b', 'c', 'd');
    expect(phase()).toBe('OPEN');
    gone('b');
    gone('c');
    vi.advanceTimersByTime(500);
    expect(told).toEqual([
      { ready: 1, needed: 3 },
      { ready: 3, needed: 3 },
    ]);
    vi.advanceTimersByTime(60_000);
    expect(told).toHaveLength(2);
  });

  it('is told nothing where a round opens before, or none is waited for', () => {
    const { told, ready, phase } = waiting();
    ready('a', 'b', 'c', 'd');
    expect(phase()).toBe('OPEN');
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual([]);
  });

  it('is told more rarely the more there are', () => {
    const many = { ...settings, goal: 3000, minimum: 3000, ready: 3000 };
    let { state } = advanceRound(initialRoundState(), { type: 'tick', now: 0 }, many);
    const told: RoundGathering[] = [];
    const gathering = new Gathering(
      { state: () => state, settings: many },
      { gathering: (message) => told.push(message) },
    );
    for (let i = 0; i < 2000; i++) {
      const event = { type: 'ready', client: `c${i}`, now: 0 } as const;
      ({ state } = advanceRound(state, event, many));
    }
    gathering.look();
    vi.advanceTimersByTime(1999);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual([{ ready: 2000, needed: 3000 }]);
  });

  it('is told nothing after the stop', () => {
    const { told, ready, gathering } = waiting();
    ready('a');
    gathering.stop();
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual([]);
  });
});
