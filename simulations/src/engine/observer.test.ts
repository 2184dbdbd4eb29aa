import { describe, expect, it } from 'vitest';
import { simulateInProcess } from './in-process.js';
import type { RoundObserver } from './observer.js';
import { tinySimulation } from './testing/tiny-simulation.js';

describe('observers', () => {
  it('see each published round and add numbers to its metrics', async () => {
    const moved: RoundObserver = {
      observe: ({ model, previousModel, metrics }) => ({
        moved: model.latents.filter((latent, i) => latent !== previousModel.latents[i]).length,
        round: metrics.round,
      }),
    };
    const votes: RoundObserver = {
      needsUpdates: true,
      observe: async ({ updates, rule, context, metrics }) => {
        const { sums } = rule.tally(
          updates.map(({ payload }) => payload),
          context,
        );
        return {
          unanimous: sums.filter((sum) => Math.abs(sum) === updates.length).length,
          seen: [Number(metrics.extra?.moved)],
        };
      },
    };
    const result = await simulateInProcess({ ...tinySimulation(), observers: [moved, votes] });
    const plain = await simulateInProcess(tinySimulation());
    expect(result.modelHash).toBe(plain.modelHash);
    expect(plain.rounds[0]).not.toHaveProperty('extra');
    result.rounds.forEach(({ extra }, i) => {
      expect(extra).toEqual({
        moved: 128 * 48,
        round: i + 1,
        unanimous: expect.any(Number),
        seen: [128 * 48],
      });
      expect(extra?.unanimous).toBeGreaterThan(0);
    });
  });
});

describe('evaluating every n-th round', () => {
  it('leaves the others without accuracy, but never the last one', async () => {
    const every = await simulateInProcess(tinySimulation({ rounds: 5 }));
    const some = await simulateInProcess({ ...tinySimulation({ rounds: 5 }), evaluateEvery: 2 });
    expect(some.modelHash).toBe(every.modelHash);
    expect(some.accuracy).toBe(every.accuracy);
    expect(some.rounds.map(({ accuracy }) => accuracy)).toEqual(
      every.rounds.map(({ accuracy }, i) => ([1, 3, 4].includes(i) ? accuracy : null)),
    );
  });

  it('an interrupted run is evaluated where it ends', async () => {
    const stop = new AbortController();
    const every = await simulateInProcess(tinySimulation({ rounds: 5 }));
    const part = await simulateInProcess({
      ...tinySimulation({ rounds: 5 }),
      evaluateEvery: 4,
      signal: stop.signal,
      onRound: ({ round }) => round === 3 && stop.abort(),
    });
    expect(part.accuracy).toBe(every.rounds[2].accuracy);
  });

  it('a target accuracy needs every round', async () => {
    const { rounds } = await simulateInProcess({
      ...tinySimulation({ rounds: 30, targetAccuracy: 0.6 }),
      evaluateEvery: 30,
    });
    expect(rounds.length).toBeLessThan(30);
    expect(rounds.at(-1)?.accuracy).toBeGreaterThanOrEqual(0.6);
  });
});
