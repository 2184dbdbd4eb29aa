import { describe, expect, it } from 'vitest';
import { advanceRound, initialRoundState, type ResumedRound } from './machine.js';
import type { RoundEffect, RoundEvent, RoundSettings, RoundState } from './round.js';

const settings: RoundSettings = {
  rounds: 3,
  goal: 4,
  minimum: 2,
  overSelect: 1.5,
  ready: 6,
  gatherMs: 1000,
  deadlineMs: 10_000,
  seed: 1,
};

type Untimed = RoundEvent extends infer E ? (E extends RoundEvent ? Omit<E, 'now'> : never) : never;

/** A federation played by hand; remembers the effects since they were last taken. */
class Play {
  state: RoundState;
  now = 0;
  private effects: RoundEffect[] = [];

  constructor(
    private readonly rules: RoundSettings = settings,
    resumed: Partial<ResumedRound> = {},
  ) {
    this.state = initialRoundState(resumed);
  }

  feed(event: Untimed): this {
    const step = advanceRound(this.state, { ...event, now: this.now } as RoundEvent, this.rules);
    this.state = step.state;
    this.effects.push(...step.effects);
    return this;
  }

  at(now: number): this {
    this.now = now;
    return this;
  }

  tick(now = this.now): this {
    return this.at(now).feed({ type: 'tick' });
  }

  ready(...clients: string[]): this {
    for (const client of clients) this.feed({ type: 'ready', client });
    return this;
  }

  gone(...clients: string[]): this {
    for (const client of clients) this.feed({ type: 'gone', client });
    return this;
  }

  update(...clients: string[]): this {
    for (const client of clients) this.feed({ type: 'update', client, digest: `of ${client}` });
    return this;
  }

  published(accuracy: number | null = null): this {
    return this.feed({ type: 'published', accuracy });
  }

  take(): RoundEffect[] {
    return this.effects.splice(0);
  }

  types(): string[] {
    return this.take().map((effect) => effect.type);
  }
}

const six = ['a', 'b', 'c', 'd', 'e', 'f'];
/** All six are in the cohort: ⌈4 × 1.5⌉. */
const opened = (rules = settings) => {
  const play = new Play(rules).ready(...six);
  play.take();
  return play;
};

describe('WAITING', () => {
  it('opens at once when enough clients are ready, with a deadline and a wake-up call', () => {
    const play = new Play().at(50).ready('f', 'e', 'd', 'c', 'b');
    expect(play.state.phase).toBe('WAITING');
    play.take();
    play.ready('a');
    expect(play.take()).toEqual([
      { type: 'open', round: 1, attempt: 1, cohort: six, deadline: 10_050 },
      { type: 'wake', at: 10_050 },
    ]);
    expect(play.state.phase).toBe('OPEN');
  });

  it('wants as many ready clients as the task says, and chooses a cohort among them', () => {
    const play = new Play({ ...settings, ready: 9 }).ready(...six, 'g', 'h');
    expect(play.state.phase).toBe('WAITING');
    play.ready('i');
    expect(play.state.cohort.size).toBe(6);
    expect(play.state.ready.size).toBe(9);
  });

  it('makes do with the minimum after gathering for a while', () => {
    const play = new Play().at(100).ready('a').at(200).ready('b').at(300).ready('c');
    expect(play.take()).toEqual([{ type: 'wake', at: 1200 }]);
    expect(play.tick(1199).take()).toEqual([{ type: 'wake', at: 1200 }]);
    expect(play.tick(1200).take()[0]).toMatchObject({ type: 'open', cohort: ['a', 'b', 'c'] });
  });

  it('starts to gather anew when it falls below the minimum', () => {
    const play = new Play().ready('a', 'b').at(900).gone('a').tick(5000);
    expect(play.state).toMatchObject({ phase: 'WAITING', gatheringSince: null });
    play.ready('a').tick(5999);
    expect(play.state.phase).toBe('WAITING');
    expect(play.tick(6000).state.phase).toBe('OPEN');
  });

  it('does not wait longer when the clock is set back', () => {
    const play = new Play().at(1e9).ready('a', 'b').at(500).ready('c');
    play.take();
    expect(play.tick(600).take()).toEqual([{ type: 'wake', at: 1500 }]);
    expect(play.tick(1500).state.phase).toBe('OPEN');
  });
});

describe('OPEN', () => {
  it('seals at the goal, without waiting for the rest', () => {
    const play = opened().update('a', 'b', 'c');
    expect(play.types()).toEqual([]);
    expect(play.update('d').take()).toEqual([{ type: 'seal', round: 1 }]);
    expect(play.state.phase).toBe('SEALED');
    expect([...play.state.accepted.keys()]).toEqual(['a', 'b', 'c', 'd']);
  });

  it('seals at the deadline with the minimum, and not before', () => {
    const play = opened().update('a', 'b').tick(9999);
    expect(play.types()).toEqual(['wake']);
    expect(play.tick(10_000).types()).toEqual(['seal']);
  });

  it('seals early when all who are still there have answered', () => {
    const play = opened().update('a', 'b').gone('c', 'd', 'e');
    expect(play.types()).toEqual([]);
    expect(play.gone('f').types()).toEqual(['seal']);
  });

  it('is abandoned at the deadline below the minimum, says why, and keeps what it has', () => {
    const play = opened()
      .update('a')
      .gone(...six)
      .tick(10_000);
    expect(play.take()).toEqual([
      {
        type: 'abandon',
        round: 1,
        attempt: 1,
        reason: '1 updates at the deadline, fewer than the minimum of 2 (cohort of 6)',
      },
    ]);
    expect(play.state).toMatchObject({ phase: 'WAITING', round: 1, attempt: 2 });
    expect([...play.state.accepted]).toEqual([['a', 'of a']]);
  });

  it('survives that everybody disconnects, and invites whoever comes back', () => {
    const play = opened()
      .update('a')
      .gone(...six);
    expect(play.state.phase).toBe('OPEN');
    expect(play.at(500).ready('a', 'b').take()).toEqual([
      { type: 'invite', client: 'b', round: 1, deadline: 10_000 },
    ]);
    expect(play.update('b').types()).toEqual(['seal']);
  });

  it('is abandoned early when all who are awaited went away and others could play', () => {
    const play = opened().update('a').gone('b', 'c', 'd', 'e', 'f');
    expect(play.types()).toEqual([]);
    play.at(500).ready('late');
    expect(play.take()).toEqual([
      {
        type: 'abandon',
        round: 1,
        attempt: 1,
        reason:
          '1 updates when all others of the cohort were gone, fewer than the minimum of 2 (cohort of 6)',
      },
      { type: 'wake', at: 1500 },
    ]);
    expect(play.tick(1500).take()[0]).toMatchObject({ type: 'open', attempt: 2, cohort: ['late'] });
    expect(play.update('late').types()).toEqual(['seal']);
  });

  it('is not abandoned early where nobody could open it again', () => {
    const tooFew = opened()
      .gone(...six)
      .ready('late');
    expect(tooFew.state).toMatchObject({ phase: 'OPEN', attempt: 1 });
    for (const type of ['pause', 'end'] as const) {
      const asked = opened()
        .feed({ type })
        .gone(...six)
        .ready('g', 'h');
      expect(asked.state).toMatchObject({ phase: 'OPEN', attempt: 1 });
    }
  });

  it('leaves latecomers for the next round', () => {
    const play = opened().ready('late');
    expect(play.types()).toEqual([]);
    expect(play.update('late').state.accepted.size).toBe(0);
  });

  it('takes one update of each member, the first', () => {
    const play = opened().update('a').feed({ type: 'update', client: 'a', digest: 'another' });
    expect([...play.state.accepted]).toEqual([['a', 'of a']]);
  });

  it('ends when agreed although the clock was set back, and at once if it jumps ahead', () => {
    const play = opened().update('a', 'b').tick(-1e9);
    expect(play.take()).toEqual([{ type: 'wake', at: -1e9 + 10_000 }]);
    expect(play.tick(-1e9 + 10_000).types()).toEqual(['seal']);
    expect(opened().update('a', 'b').tick(1e12).types()).toEqual(['seal']);
  });

  it('invites nobody to an attempt that ended in the same moment', () => {
    const play = opened().gone('a').at(10_000).ready('a');
    expect(play.types()).toEqual(['abandon', 'open', 'wake']);
    expect(play.state).toMatchObject({ phase: 'OPEN', attempt: 2, deadline: 20_000 });
  });
});

describe('the next attempt', () => {
  const abandoned = () => {
    const play = opened().update('a').gone('b', 'c', 'd', 'e', 'f').tick(10_000);
    play.take();
    return play;
  };

  it('chooses only those whose update is missing; what is there counts', () => {
    const play = abandoned().ready('b', 'c', 'd', 'e', 'f');
    expect(play.take().at(-2)).toMatchObject({ attempt: 2, cohort: ['b', 'c', 'd', 'e', 'f'] });
    expect(play.update('b', 'c', 'd').types()).toEqual(['seal']);
    expect(play.state.accepted.size).toBe(4);
  });

  it('opens for one missing client if that makes the minimum', () => {
    const play = abandoned().gone('a').ready('b').tick(11_000);
    expect(play.take().find(({ type }) => type === 'open')).toMatchObject({ cohort: ['b'] });
    expect(play.update('b').types()).toEqual(['seal']);
  });

  it('is no larger for what it has: accepted updates take places of the cohort', () => {
    const play = opened().update('a').ready('g', 'h', 'i').tick(10_000);
    expect(play.state).toMatchObject({ phase: 'OPEN', attempt: 2 });
    expect(play.state.cohort.size).toBe(5);
    expect(play.state.cohort.has('a')).toBe(false);
  });

  it('is counted anew in the next round', () => {
    const play = abandoned()
      .ready(...six)
      .update('b', 'c', 'd')
      .published();
    expect(play.state).toMatchObject({ round: 2, attempt: 1 });
  });

  it('has another cohort seed', () => {
    const many = Array.from({ length: 40 }, (_, i) => `client-${i}`);
    const play = new Play(settings, { ready: many }).tick();
    const first = [...play.state.cohort];
    play.tick(10_000);
    expect(play.state.attempt).toBe(2);
    expect([...play.state.cohort]).not.toEqual(first);
  });
});

describe('SEALED', () => {
  it('goes on to the next round when published, and opens it at once', () => {
    const play = opened().update('a', 'b', 'c', 'd');
    play.take();
    expect(play.at(700).published(0.5).take()).toEqual([
      { type: 'open', round: 2, attempt: 1, cohort: six, deadline: 10_700 },
      { type: 'wake', at: 10_700 },
    ]);
    expect(play.state.accepted.size).toBe(0);
  });

  it('is the only phase in which a round is published', () => {
    for (const play of [new Play(), opened(), new Play().feed({ type: 'pause' })]) {
      const { state } = play;
      expect(play.published(1).state).toBe(state);
    }
  });

  it('takes no more updates, and no deadline disturbs it', () => {
    const play = opened().update('a', 'b', 'c', 'd').update('e').tick(1e6);
    expect(play.state.accepted.size).toBe(4);
    expect(play.types()).toEqual(['seal']);
  });

  it('is taken back when lost updates bring it below the minimum', () => {
    const play = opened().update('a', 'b', 'c', 'd');
    for (const client of ['a', 'b']) play.feed({ type: 'update-lost', client });
    expect(play.state.phase).toBe('SEALED');
    play.take();
    play.feed({ type: 'update-lost', client: 'c' });
    expect(play.take().map(({ type }) => type)).toEqual(['abandon', 'open', 'wake']);
    expect(play.state).toMatchObject({ phase: 'OPEN', round: 1, attempt: 2 });
    expect([...play.state.cohort]).toEqual(['a', 'b', 'c', 'e', 'f']);
    expect(play.published().state.round).toBe(1);
  });
});

describe('a lost update', () => {
  it('is missing again: it can be sent once more, and is waited for', () => {
    const play = opened().update('a').feed({ type: 'update-lost', client: 'a' });
    expect(play.state.accepted.size).toBe(0);
    expect(play.update('a').state.accepted.size).toBe(1);
  });

  it('means nothing if it was not accepted', () => {
    const play = opened();
    const before = play.state;
    expect(play.feed({ type: 'update-lost', client: 'b' }).state).toBe(before);
  });
});

describe('the end', () => {
  it('comes with the last round', () => {
    const play = opened();
    for (let round = 1; round <= 3; round++) {
      expect(play.state.round).toBe(round);
      play.update('a', 'b', 'c', 'd').published(0.9);
    }
    expect(play.state.phase).toBe('ENDED');
    expect(play.take().at(-1)).toEqual({ type: 'ended', reason: 'all 3 rounds are published' });
  });

  it('comes early at the target accuracy, if one was measured', () => {
    const rules = { ...settings, targetAccuracy: 0.95 };
    const play = opened(rules).update('a', 'b', 'c', 'd').published(null);
    expect(play.state.phase).toBe('OPEN');
    play.update('a', 'b', 'c', 'd').published(0.9499);
    expect(play.state.phase).toBe('OPEN');
    play.take();
    play.update('a', 'b', 'c', 'd').published(0.95);
    expect(play.state.phase).toBe('ENDED');
  });

  it('comes at once when the operator asks while no round is open', () => {
    expect(new Play().feed({ type: 'end' }).types()).toEqual(['ended']);
    expect(new Play().feed({ type: 'pause' }).feed({ type: 'end' }).types()).toEqual(['ended']);
  });

  it('publishes first what was acked, where that makes a round', () => {
    const accepted = new Map(six.slice(0, 3).map((id) => [id, id]));
    const play = new Play(settings, { accepted }).feed({ type: 'pause' }).feed({ type: 'end' });
    expect(play.types()).toEqual(['seal']);
    expect(play.published().types()).toEqual(['ended']);
  });

  it('comes after the open round otherwise; neither pause nor resume stops it', () => {
    const play = opened().feed({ type: 'end' }).feed({ type: 'pause' }).feed({ type: 'resume' });
    expect(play.state.phase).toBe('OPEN');
    play.update('a', 'b', 'c', 'd').published();
    expect(play.types()).toEqual(['seal', 'ended']);
    expect(opened().feed({ type: 'end' }).tick(10_000).types()).toEqual(['abandon', 'ended']);
  });

  it('is the end: nothing happens after it', () => {
    const play = new Play().feed({ type: 'end' });
    const { state } = play;
    play.take();
    play
      .ready(...six)
      .tick(1e6)
      .update('a')
      .published(1)
      .feed({ type: 'resume' });
    expect(play.take()).toEqual([]);
    expect(play.state).toBe(state);
  });
});

describe('a pause', () => {
  it('comes at once while nothing is open, and keeps rounds from opening', () => {
    const play = new Play().ready('a', 'b').feed({ type: 'pause' });
    play.take();
    play.ready(...six).tick(1e6);
    expect(play.state.phase).toBe('PAUSED');
    expect(play.types()).toEqual([]);
    expect(play.feed({ type: 'resume' }).types()).toEqual(['open', 'wake']);
  });

  it('lets the open round end first', () => {
    const play = opened().feed({ type: 'pause' });
    expect(play.state.phase).toBe('OPEN');
    play.update('a', 'b', 'c', 'd').published();
    expect(play.state).toMatchObject({ phase: 'PAUSED', round: 2 });
    play.feed({ type: 'resume' });
    expect(play.state).toMatchObject({ phase: 'OPEN', round: 2, attempt: 1 });
  });

  it('follows an abandoned attempt too', () => {
    const play = opened().feed({ type: 'pause' }).tick(10_000);
    expect(play.types()).toEqual(['abandon']);
    expect(play.state).toMatchObject({ phase: 'PAUSED', attempt: 2 });
  });

  it('is called off by a resume during the round', () => {
    const play = opened().feed({ type: 'pause' }).feed({ type: 'resume' });
    expect(play.update('a', 'b', 'c', 'd').published().state.phase).toBe('OPEN');
  });
});

describe('after a restart', () => {
  it('goes on with the accepted updates of the unpublished round', () => {
    const accepted = new Map([
      ['a', 'of a'],
      ['b', 'of b'],
    ]);
    const play = new Play(settings, { round: 2, attempt: 3, accepted }).tick();
    expect(play.state).toMatchObject({ phase: 'WAITING', round: 2, attempt: 3 });
    play.ready(...six);
    expect(play.take().at(-2)).toMatchObject({
      round: 2,
      attempt: 3,
      cohort: ['c', 'd', 'e', 'f'],
    });
    expect(play.update('c', 'd').types()).toEqual(['seal']);
  });

  it('seals at once if they reach the goal', () => {
    const accepted = new Map(six.slice(0, 4).map((id) => [id, id]));
    expect(new Play(settings, { accepted }).tick().types()).toEqual(['seal']);
  });

  it('seals after gathering if they reach the minimum and nobody else comes', () => {
    const accepted = new Map(six.slice(0, 2).map((id) => [id, id]));
    const play = new Play(settings, { accepted }).tick();
    expect(play.take()).toEqual([{ type: 'wake', at: 1000 }]);
    expect(play.tick(1000).types()).toEqual(['seal']);
  });

  it('goes on with an end that was asked for: what was acked counts if it makes a round', () => {
    const accepted = new Map(six.slice(0, 2).map((id) => [id, id]));
    const play = new Play(settings, { phase: 'ENDING', accepted, ready: six }).tick();
    expect(play.types()).toEqual(['seal']);
    expect(play.published().take()).toEqual([{ type: 'ended', reason: 'ended by the operator' }]);
    const tooFew = new Map([['a', 'a']]);
    const over = new Play(settings, { phase: 'ENDING', accepted: tooFew, ready: six }).tick();
    expect(over.types()).toEqual(['ended']);
  });

  it('stays paused, or ended', () => {
    const paused = new Play(settings, { phase: 'PAUSED', ready: six }).tick();
    expect(paused.state.phase).toBe('PAUSED');
    expect(paused.feed({ type: 'resume' }).types()).toEqual(['open', 'wake']);
    const over = new Play(settings, { phase: 'ENDED', ready: six }).tick();
    expect(over.types()).toEqual([]);
  });
});
