import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulateInProcess } from '../engine/in-process.js';
import { tinySimulation, training } from '../engine/testing/tiny-simulation.js';
import { DealtPartition, partition } from '../partitions/index.js';
import { checkPersonalize, HoldingOut, personalize, personalSummary } from './index.js';

describe('samples that nobody trains on', () => {
  it('are a fifth of all; with the others they are what a client holds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 400 }), fc.nat(100), (samples, seed) => {
        const deck = Uint32Array.from({ length: samples }, (_, i) => i);
        const whole = DealtPartition.ofDeck(deck, 10);
        const split = new HoldingOut(whole, samples, seed);
        const held: number[] = [];
        for (let client = 0; client < 10; client++) {
          const [rows, out] = [split.rows(client), split.heldOut(client)];
          expect(rows.length).toBeGreaterThan(0);
          expect([...rows, ...out].sort((a, b) => a - b)).toEqual([...whole.rows(client)]);
          held.push(...out);
        }
        expect(held.length).toBeLessThanOrEqual(Math.floor(samples / 5));
        if (samples >= 200) expect(held).toHaveLength(Math.floor(samples / 5));
      }),
      { numRuns: 40 },
    );
  });

  it('are the same samples at whoever holds them', () => {
    const both = DealtPartition.ofHands([
      Array.from({ length: 50 }, (_, i) => i),
      Array.from({ length: 50 }, (_, i) => i),
    ]);
    const split = new HoldingOut(both, 50, 1);
    expect(split.heldOut(0)).toEqual(split.heldOut(1));
  });
});

describe('personalization', () => {
  const simulation = tinySimulation({ rounds: 6 });
  const { task } = simulation;
  const skewed = partition({ kind: 'classes', labelsPerClient: 2 }, training.labels, 12, 4);
  const split = new HoldingOut(skewed, training.labels.length, 4);
  const settings = { clients: 12, epochs: 3, learningRate: 0.005, seed: 4 };

  it('helps clients that hold two labels each, and leaves the global model as it is', async () => {
    const { model } = await simulateInProcess({ ...simulation, partition: split });
    const before = model.latents.slice();
    const about = { task, model, training, partition: split, round: 6 };
    const results = await personalize(about, settings);
    expect(model.latents).toEqual(before);
    expect(results.map(({ client }) => client)).toEqual([...Array(12).keys()]);
    const summary = personalSummary(results);
    expect(summary?.personal.mean).toBeGreaterThan((summary?.global.mean ?? 1) + 0.02);
    expect(summary?.gain).toBeGreaterThan(summary?.lose ?? 1);
    expect(await personalize(about, settings)).toEqual(results);

    for (const { client, trained, heldOut } of results) {
      expect(trained).toBe(split.rows(client).length);
      expect(heldOut).toBe(split.heldOut(client).length);
    }
    const some = await personalize(about, { ...settings, clients: 5 });
    expect(some).toHaveLength(5);
    for (const one of some) expect(results).toContainEqual(one);
  });

  it('without training is the global model', async () => {
    const { model } = await simulateInProcess({ ...simulation, partition: split });
    const about = { task, model, training, partition: split, round: 6 };
    for (const { global, personal } of await personalize(about, {
      ...settings,
      learningRate: 1e-12,
    })) {
      expect(personal).toBe(global);
    }
  });

  it('needs a binary head', () => {
    for (const rule of ['fedavg-fp32', 'fedpm'] as const) {
      expect(() => checkPersonalize(tinySimulation({}, rule).task)).toThrow(/--personalize/);
    }
  });
});

it('sums up over clients, each counting once', () => {
  const result = (client: number, global: number, personal: number) => ({
    client,
    trained: 8,
    heldOut: 2,
    global,
    personal,
  });
  expect(personalSummary([])).toBeUndefined();
  expect(
    personalSummary([
      result(0, 0.5, 1),
      result(1, 0.75, 0.75),
      result(2, 1, 0.5),
      result(3, 0.25, 0.5),
    ]),
  ).toEqual({
    clients: 4,
    global: { mean: 0.625, q10: 0.25, median: 0.75, q90: 1 },
    personal: { mean: 0.6875, q10: 0.5, median: 0.75, q90: 1 },
    gain: 0.5,
    lose: 0.25,
  });
});
