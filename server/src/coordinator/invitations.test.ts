import { advanceRound, initialRoundState, type RoundOpen, type RoundState } from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { tinyTask } from '../testing/tiny-federation.js';
import { Invitations } from './invitations.js';

/** Six are ready for a cohort of three; the round is open until `deadlineMs`. */
function opened(deadlineMs: number) {
  const task = tinyTask({ goal: 3, ready: 6, overSelect: 1, deadlineMs });
  const ready = ['a', 'b', 'c', 'd', 'e', 'f'];
  const event = { type: 'tick', now: 0 } as const;
  const { state } = advanceRound(initialRoundState({ ready }), event, task.federation);
  const told = new Map<string, RoundOpen | number>();
  let current: RoundState = state;
  const announcer = {
    open: (client: string, message: RoundOpen) => told.set(client, message),
    rest: (client: string, afterMs: number) => told.set(client, afterMs),
  };
  const invitations = new Invitations(task, announcer, {
    state: () => current,
    base: () => 'ba5e',
    now: () => 400,
  });
  const close = () => {
    current = { ...state, phase: 'SEALED' };
  };
  return { invitations, told, close, cohort: state.cohort, ready };
}

describe('the invitations of a round', () => {
  it('tell the chosen how long they have, and the others how long they may rest', () => {
    const { invitations, told, cohort, ready } = opened(60_000);
    for (const client of cohort) invitations.invite(client, 1, 60_000);
    invitations.sendToRest(1, 1, 60_000);
    expect(cohort.size).toBe(3);
    expect([...told.keys()].sort()).toEqual(ready);
    const rests = new Set<number>();
    for (const [client, message] of told) {
      if (cohort.has(client)) {
        expect(message).toMatchObject({ round: 1, base: 'ba5e', deadlineMs: 59_600 });
      } else {
        expect(message).toBeGreaterThanOrEqual(59_600);
        rests.add(message as number);
      }
    }
    expect(rests.size).toBe(3);
  });

  it('send nobody to rest for a short round', () => {
    const { invitations, told } = opened(5000);
    invitations.sendToRest(1, 1, 5000);
    expect(told.size).toBe(0);
  });

  it('are not sent once the round is over', () => {
    const { invitations, told, close } = opened(60_000);
    close();
    invitations.invite('a', 1, 60_000);
    invitations.sendToRest(1, 1, 60_000);
    expect(told.size).toBe(0);
  });
});
