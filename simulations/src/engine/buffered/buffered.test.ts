import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer, Behavior } from '../behavior.js';
import { simulateInProcess } from '../in-process.js';
import { tinySimulation } from '../testing/tiny-simulation.js';
import { Fetching } from './fetching.js';
import { stalenessWeight, weighted } from './staleness.js';

const after = (afterMs: number): Answer => ({ kind: 'update', afterMs });
/** Client c takes c + 1 seconds: the twelfth is twelve times as slow as the first. */
const uneven: Behavior = { answer: ({ client }) => after(1000 * (client + 1)) };

describe('the weight of a stale update', () => {
  it('is 64/√(1 + s), rounded, and never nothing', () => {
    expect([0, 1, 2, 3, 4, 8, 15, 63].map(stalenessWeight)).toEqual([
      64, 45, 37, 32, 29, 21, 16, 8,
    ]);
    for (let s = 0; s < 5000; s++) {
      expect(stalenessWeight(s)).toBe(Math.max(1, Math.round(64 / Math.sqrt(1 + s))));
    }
    expect(stalenessWeight(10_000_000)).toBe(1);
  });

  it('counts for as many equal votes', () => {
    const tally = { count: 3, sums: Int32Array.of(3, -1, 1) };
    expect(weighted(tally, 5)).toEqual({ count: 15, sums: Int32Array.of(15, -5, 5) });
  });
});

describe('who fetches next', () => {
  it('is there, has nothing to do and has not had this model; the same for a seed', () => {
    const events = fc.array(
      fc.tuple(fc.constantFrom('next', 'come', 'go', 'free', 'renew'), fc.nat(9)),
    );
    fc.assert(
      fc.property(events, fc.nat(100), (list, seed) => {
        const [one, two] = [new Fetching(10, seed, true), new Fetching(10, seed, true)];
        const away = new Set<number>();
        const busy = new Set<number>();
        const served = new Set<number>();
        for (const [event, client] of list) {
          if (event === 'next') {
            const chosen = one.next();
            expect(two.next()).toBe(chosen);
            const free = Array.from({ length: 10 }, (_, c) => c).filter(
              (c) => !away.has(c) && !busy.has(c) && !served.has(c),
            );
            if (chosen === undefined) expect(free).toEqual([]);
            else {
              expect(free).toContain(chosen);
              busy.add(chosen);
              served.add(chosen);
            }
            expect(one.training).toBe(busy.size);
            continue;
          }
          if (event === 'come') away.delete(client);
          if (event === 'go') away.add(client);
          if (event === 'go' || event === 'free') busy.delete(client);
          if (event === 'renew') served.clear();
          for (const fetching of [one, two]) fetching[event](client);
        }
      }),
    );
  });
});

describe('buffered aggregation', () => {
  const settings = { buffer: 4, concurrency: 8 };

  it.each(['sign-vote', 'block-vote'] as const)(
    'learns with %s from updates of older models, the same with any number of workers',
    async (rule) => {
      const play = (workers: number) =>
        simulateInProcess(
          { ...tinySimulation({ workers, rounds: 20 }, rule), behavior: uneven },
          settings,
        );
      const one = await play(1);
      const two = await play(2);
      expect(two.modelHash).toBe(one.modelHash);
      expect(one.rounds).toHaveLength(20);
      expect(one.rounds.every(({ counted }) => counted === 4)).toBe(true);
      expect(one.accuracy).toBeGreaterThan(0.75);
      const staleness = one.rounds.map(({ extra }) => Number(extra?.staleness));
      expect(Math.max(...staleness)).toBeGreaterThan(1);
      expect(staleness[0]).toBe(0);
      // A step moves one bit a parameter, or a block of them, in both directions.
      expect(two.rounds.map(({ uplinkBytes }) => uplinkBytes)).toEqual(
        one.rounds.map(({ uplinkBytes }) => uplinkBytes),
      );
    },
  );

  it('does not wait for the slow: steps come faster than rounds of as many updates', async () => {
    const simulation = { ...tinySimulation({ goal: 4, minimum: 4, rounds: 12 }), behavior: uneven };
    const rounds = await simulateInProcess(simulation);
    const steps = await simulateInProcess(simulation, { buffer: 4, concurrency: 4 });
    const time = ({ rounds: all }: typeof rounds) => Number(all.at(-1)?.simulatedMs);
    expect(time(steps)).toBeLessThan(0.9 * time(rounds));
    // As many updates up; as many downloads as there are clients that fetched.
    const up = ({ rounds: all }: typeof rounds) =>
      all.reduce((sum, { uplinkBytes }) => sum + uplinkBytes, 0);
    expect(up(steps)).toBe(up(rounds));
  });

  it('weighs each update by the steps since its model', async () => {
    // One after the other: client 11 takes so long that others make several steps meanwhile.
    const seen: number[][] = [];
    const behavior: Behavior = { answer: ({ client }) => after(client === 11 ? 3500 : 1000) };
    const { rounds } = await simulateInProcess(
      {
        ...tinySimulation({ rounds: 16 }),
        behavior,
        observers: [
          {
            observe: ({ clients }) => {
              seen.push([...clients]);
              return undefined;
            },
          },
        ],
      },
      { buffer: 5, concurrency: 12 },
    );
    const step = seen.findIndex((clients) => clients.includes(11));
    expect(step).toBeGreaterThan(0);
    expect(rounds[step].extra?.largestStaleness).toBe(step);
  });

  it('gives up who never answers, and goes on without who is lost', async () => {
    const behavior: Behavior = {
      answer: ({ client }) => {
        if (client < 3) return { kind: 'silence' };
        if (client < 6) return { kind: 'drop-out', afterMs: 100, backAfterMs: 9000 };
        return after(1000);
      },
    };
    const { rounds } = await simulateInProcess(
      { ...tinySimulation({ rounds: 5, deadlineMs: 5000 }), behavior },
      { buffer: 4, concurrency: 6 },
    );
    expect(rounds).toHaveLength(5);
  });

  it('says what it cannot play', async () => {
    const play = (rule: 'sign-vote' | 'fedavg', buffer: number, concurrency: number) =>
      simulateInProcess(tinySimulation({}, rule), { buffer, concurrency });
    await expect(play('fedavg', 2, 4)).rejects.toThrow(/fedavg has none; choose --rule sign-vote/);
    await expect(play('sign-vote', 5, 4)).rejects.toThrow(/take from 5 to 12/);
    await expect(play('sign-vote', 5, 13)).rejects.toThrow(/take from 5 to 12/);
    const nobody: Behavior = {
      answer: () => ({ kind: 'drop-out', afterMs: 1, backAfterMs: 1e12 }),
    };
    await expect(
      simulateInProcess({ ...tinySimulation(), behavior: nobody }, settings),
    ).rejects.toThrow(/comes to no end/);
  });
});
