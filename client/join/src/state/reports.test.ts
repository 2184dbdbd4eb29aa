import { beforeEach, describe, expect, it } from 'vitest';
import type { PlainSessionEvent } from '../engine/messages.js';
import { onReports } from './reports.js';
import { IDLE, training } from './store.js';

const counted = (round: number): PlainSessionEvent => ({
  ...{ type: 'accepted', round, receipt: 1, bytes: 100 },
});
const closed = (round: number) => {
  const published = { round, accuracy: 0.5 } as Extract<PlainSessionEvent, { type: 'published' }>;
  return { ...published, type: 'published' as const };
};
const lost: PlainSessionEvent = {
  ...{ type: 'offline', retryInMs: 1, error: { code: 'coordinator-unreachable', message: '' } },
};

/** What the page says after these events. */
function after(...events: readonly PlainSessionEvent[]): string {
  onReports(events.map((event) => ({ type: 'session', event })));
  return training.value.state;
}

describe('what a device that has nothing to do waits for', () => {
  beforeEach(() => {
    training.value = IDLE;
  });

  it('is the next round, where it counts in none that goes on', () => {
    expect(after({ type: 'online', round: 2 }, { type: 'waiting' })).toBe('waiting');
  });

  it('is the others, from its own receipt until the round is closed', () => {
    const round: PlainSessionEvent = { type: 'round', round: 3, of: 9 };
    expect(after({ type: 'online', round: 2 }, round, counted(3))).toBe('accepted');
    expect(after({ type: 'waiting' })).toBe('others');
    expect(training.value.round).toBe(3);
    expect(after(closed(3))).toBe('waiting');
  });

  it('is the next round, where the round was closed before the receipt came', () => {
    expect(after(closed(3), counted(3), { type: 'waiting' })).toBe('waiting');
  });

  it('is so many devices, until there are enough or it is not known any more', () => {
    const told = (ready: number): PlainSessionEvent => ({ type: 'gathering', ready, needed: 3 });
    expect(after({ type: 'waiting' }, told(1))).toBe('waiting');
    expect(training.value.needed).toBe(2);
    after(told(4));
    expect(training.value.needed).toBe(0);
    after(told(2), { type: 'round', round: 1, of: 9 });
    expect(training.value.needed).toBe(0);
    after(told(2), lost);
    expect(training.value.needed).toBe(0);
    after(told(2), { type: 'joined', client: 'c', task: 'Digits' });
    expect(training.value.needed).toBe(0);
  });

  it('is known again after a loss of the connection, whatever was missed', () => {
    expect(after(counted(3), { type: 'waiting' }, lost)).toBe('offline');
    expect(after({ type: 'online', round: 2 })).toBe('others');
    expect(after(lost, { type: 'online', round: 3 })).toBe('waiting');
  });
});
