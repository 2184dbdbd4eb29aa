import { describe, expect, it } from 'vitest';
import { admitUpdate } from './admission.js';
import { initialRoundState } from './machine.js';
import type { RoundState } from './round.js';

const open: RoundState = {
  ...initialRoundState({ round: 4, accepted: new Map([['done', 'aa']]), ready: ['new'] }),
  phase: 'OPEN',
  cohort: new Set(['new', 'done']),
  deadline: 1000,
};
const refusal = (code: string) => ({ verdict: 'refuse', code });

describe('admitUpdate', () => {
  it('accepts the update of a cohort member, connected or not', () => {
    expect(admitUpdate(open, 'new', 4, 'bb')).toEqual({ verdict: 'accept' });
    expect(admitUpdate({ ...open, ready: new Set() }, 'new', 4, 'bb')).toEqual({
      verdict: 'accept',
    });
  });

  it('knows a repetition, in every phase of the round', () => {
    for (const phase of ['WAITING', 'OPEN', 'SEALED', 'PAUSED', 'ENDED'] as const) {
      const state = { ...open, phase };
      expect(admitUpdate(state, 'done', 4, 'aa')).toEqual({ verdict: 'repeat' });
      expect(admitUpdate(state, 'done', 4, 'bb')).toEqual(refusal('update-conflict'));
    }
  });

  it('refuses other rounds, clients that were not chosen, and rounds that are not open', () => {
    expect(admitUpdate(open, 'done', 3, 'aa')).toEqual(refusal('round-stale'));
    expect(admitUpdate(open, 'done', 5, 'aa')).toEqual(refusal('round-future'));
    expect(admitUpdate(open, 'stranger', 4, 'bb')).toEqual(refusal('not-in-cohort'));
    for (const phase of ['WAITING', 'SEALED', 'PAUSED'] as const) {
      expect(admitUpdate({ ...open, phase }, 'new', 4, 'bb')).toEqual(refusal('round-closed'));
    }
  });

  it('refuses everything new once the federation has ended, whatever its round', () => {
    for (const round of [3, 4, 5]) {
      expect(admitUpdate({ ...open, phase: 'ENDED' }, 'new', round, 'bb')).toEqual(
        refusal('federation-ended'),
      );
    }
  });
});
