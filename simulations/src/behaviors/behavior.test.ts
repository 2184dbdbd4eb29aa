import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Invitation, PROMPT } from '../engine/behavior.js';
import { simulateInProcess } from '../engine/in-process.js';
import { tinySimulation } from '../engine/testing/tiny-simulation.js';
import {
  type BehaviorOptions,
  type BehaviorSettings,
  createBehavior,
  parseDevices,
} from './index.js';
import { behaviorOf } from './simulate.js';
import { behaviorSummary, shownTime } from './summary.js';

const settings = (change: Partial<BehaviorSettings> = {}): BehaviorSettings => ({
  devices: parseDevices('mix'),
  availability: 'always',
  dropout: 0,
  seed: 1,
  clients: 100,
  samples: () => 600,
  parameters: 133_632,
  epochs: 1,
  ...change,
});
const invitation = (client: number, change: Partial<Invitation> = {}): Invitation => ({
  ...{ client, round: 1, attempt: 1, nowMs: 0, uplinkBytes: 2000, downlinkBytes: 2000 },
  ...change,
});
const everybody = Array.from({ length: 2000 }, (_, client) => client);
const time = (behavior: ReturnType<typeof createBehavior>, asked: Invitation) => {
  const answer = behavior.answer(asked);
  if (answer.kind === 'silence') throw new Error('nobody is silent');
  return answer.afterMs;
};

describe('clients with devices', () => {
  it('answer the same question the same way, and another one another way', () => {
    const question = fc.record({
      client: fc.nat(5000),
      round: fc.integer({ min: 1, max: 1000 }),
      attempt: fc.integer({ min: 1, max: 3 }),
      nowMs: fc.nat(1e9),
    });
    fc.assert(
      fc.property(question, (asked) => {
        const [a, b] = [settings({ dropout: 0.3 }), settings({ dropout: 0.3 })].map(createBehavior);
        const full = { ...invitation(asked.client), ...asked };
        // Whatever was asked before.
        a.answer(invitation(3));
        expect(a.answer(full)).toEqual(b.answer(full));
        expect(Number.isSafeInteger(time(a, full))).toBe(true);
      }),
    );
    const behavior = createBehavior(settings());
    const times = [1, 2, 3].map((round) => time(behavior, invitation(5, { round })));
    expect(new Set(times).size).toBe(3);
  });

  it('take longer for more samples, more epochs, a larger head and more bytes', () => {
    const usual = createBehavior(settings());
    for (const slower of [
      createBehavior(settings({ samples: () => 1200 })),
      createBehavior(settings({ epochs: 2 })),
      createBehavior(settings({ parameters: 267_264 })),
    ]) {
      for (const client of [0, 1, 2, 3]) {
        expect(time(slower, invitation(client))).toBeGreaterThan(time(usual, invitation(client)));
      }
    }
    const heavy = invitation(0, { uplinkBytes: 500_000 });
    expect(time(usual, heavy)).toBeGreaterThan(time(usual, invitation(0)));
  });

  it('wait for the slowest: a tenth of them takes several times as long as the middle', () => {
    const behavior = createBehavior(settings());
    const times = everybody
      .map((client) => time(behavior, invitation(client)))
      .sort((a, b) => a - b);
    expect(times[1900] / times[1000]).toBeGreaterThan(3);
    expect(times[0]).toBeGreaterThan(0);
  });

  it('are lost with the chance that was asked for, before they would have answered', () => {
    const lossy = createBehavior(settings({ dropout: 0.2 }));
    const steady = createBehavior(settings());
    const answers = everybody.map((client) => lossy.answer(invitation(client)));
    const lost = answers.flatMap((answer, client) =>
      answer.kind === 'drop-out' ? [{ answer, client }] : [],
    );
    // Six standard errors.
    expect(Math.abs(lost.length / 2000 - 0.2)).toBeLessThan(6 * Math.sqrt(0.16 / 2000));
    for (const { answer, client } of lost) {
      expect(answer.afterMs).toBeLessThanOrEqual(time(steady, invitation(client)));
      expect(answer.backAfterMs - answer.afterMs).toBeGreaterThanOrEqual(60_000);
      expect(answer.backAfterMs - answer.afterMs).toBeLessThanOrEqual(600_000);
    }
  });

  it('are stragglers with the chance and the factor that were asked for', () => {
    const stragglers = { chance: 0.1, factor: 10 };
    const some = createBehavior(settings({ stragglers }));
    const none = createBehavior(settings({ stragglers: { chance: 1e-9, factor: 10 } }));
    const slow = everybody.filter((client) => {
      const [usual, long] = [none, some].map((behavior) => time(behavior, invitation(client)));
      // Both are rounded to whole milliseconds.
      const late = Math.abs(long - 10 * usual) <= 6;
      expect(late || long === usual).toBe(true);
      return late;
    });
    expect(Math.abs(slow.length / 2000 - 0.1)).toBeLessThan(6 * Math.sqrt(0.09 / 2000));
  });
});

describe('a federation of devices', () => {
  const options: BehaviorOptions & { readonly seed: number } = {
    ...{ devices: parseDevices('mix'), availability: 'always', dropout: 0.2, overSelect: 1.6 },
    seed: 7,
  };
  const play = (workers: number, change: Partial<typeof options> = {}) => {
    const simulation = tinySimulation({ workers, overSelect: 1.6, minimum: 2, gatherMs: 1000 });
    const { task, partition } = simulation;
    return simulateInProcess({
      ...simulation,
      ...behaviorOf({ ...options, ...change }, task, partition),
    });
  };

  it('is the same with any number of workers, and accounts for every device class', async () => {
    const one = await play(1);
    const two = await play(2);
    const figures = ({ rounds }: typeof one) =>
      rounds.map(({ modelHash, simulatedMs, extra }) => ({ modelHash, simulatedMs, extra }));
    expect(figures(two)).toEqual(figures(one));
    const summary = behaviorSummary(one.rounds, options);
    const totals = Object.values(summary?.devices ?? {});
    const sum = (pick: (totals_: (typeof totals)[number]) => number) =>
      totals.reduce((all, each) => all + pick(each), 0);
    expect(sum(({ counted }) => counted)).toBe(
      one.rounds.reduce((a, { counted }) => a + counted, 0),
    );
    expect(sum(({ uplinkBytes }) => uplinkBytes)).toBe(
      one.rounds.reduce((a, { uplinkBytes }) => a + uplinkBytes, 0),
    );
    expect(sum(({ invited }) => invited)).toBeGreaterThan(sum(({ counted }) => counted));
    expect(summary?.simulatedSeconds).toBe((one.rounds.at(-1)?.simulatedMs ?? 0) / 1000);
    const durations = one.rounds.reduce((a, { simulatedSeconds = 0 }) => a + simulatedSeconds, 0);
    expect(durations).toBeCloseTo(summary?.simulatedSeconds ?? 0, 9);
  });

  it('by night takes as long as it takes until enough are there', async () => {
    const simulation = tinySimulation({ goal: 5, ready: 5, minimum: 5, gatherMs: 86_400_000 });
    const { task, partition } = simulation;
    const night: typeof options = { ...options, dropout: 0, availability: 'diurnal' };
    const { rounds } = await simulateInProcess({
      ...simulation,
      ...behaviorOf(night, task, partition),
    });
    expect(rounds).toHaveLength(4);
    expect(rounds.every(({ counted }) => counted === 5)).toBe(true);
  });

  it('is the one without behavior where nothing is asked for', () => {
    const { task, partition } = tinySimulation();
    const plain = { availability: 'always', dropout: 0, overSelect: 1, seed: 1 } as const;
    expect(behaviorOf(plain, task, partition)).toEqual({});
    expect(createBehavior(settings({ devices: undefined })).answer(invitation(1))).toEqual(
      PROMPT.answer(invitation(1)),
    );
  });
});

describe('a time for people', () => {
  it.each([
    [4.23, '4.2 s'],
    [59.97, '1 min 00 s'],
    [125, '2 min 05 s'],
    [3780, '1 h 03 min'],
    [90_000, '1 d 01 h'],
  ])('%d seconds is %s', (seconds, text) => {
    expect(shownTime(seconds)).toBe(text);
  });
});
