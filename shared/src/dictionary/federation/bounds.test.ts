import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestInteger } from '../../codec/packed-integers.js';
import type { ImageBatch } from '../../extractor/extractor.js';
import type { DictionaryTask } from '../../task/dictionary-task.js';
import { answerRound, checkAnswer } from './answer.js';
import { centroidsOf, type DictionaryState, initialDictionary } from './state.js';
import {
  bars,
  playTo,
  smallClients,
  smallTask,
  smallTaskWith,
} from './testing/small-federation.js';

const START = initialDictionary(smallTask);
/** States before a round of moments, of centroids, of thresholds, and the last of these. */
const states = Promise.all(
  [1, 3, 8, 11].map((round) => playTo(smallTask, smallClients(5), round - 1)),
);

function refusal(task: DictionaryTask, state: DictionaryState, values: Float64Array): string {
  try {
    checkAnswer(task, state, values);
  } catch (error) {
    expect(error).toMatchObject({ code: 'frame-corrupt' });
    return (error as Error).message;
  }
  return 'accepted';
}

/** Images of any pixels: black, white, noise, a checkerboard. */
const anyImages = fc
  .record({
    count: fc.integer({ min: 1, max: 4 }),
    pixels: fc.uint8Array({ minLength: 8, maxLength: 8 }),
    step: fc.integer({ min: 1, max: 7 }),
  })
  .map(({ count, pixels, step }): ImageBatch => {
    const all = Uint8Array.from({ length: count * 144 }, (_, i) => pixels[(i * step) % 8]);
    return { count, width: 12, height: 12, channels: 1, pixels: all };
  });

describe('the bounds of an answer', () => {
  it('hold for whatever images a client has', async () => {
    for (const state of await states) {
      await fc.assert(
        fc.asyncProperty(anyImages, async (images) => {
          checkAnswer(smallTask, state, await answerRound(smallTask, state, images, 'a'));
        }),
        { numRuns: 15 },
      );
    }
  });

  it('refuse moments that no patches have', async () => {
    const honest = await answerRound(smallTask, START, bars(5, 'a'), 'a');
    const largest = 524_287;
    const changed = (...changes: [at: number, value: number][]) => {
      const values = Float64Array.from(honest);
      for (const [at, value] of changes) values[at] = value;
      return refusal(smallTask, START, values);
    };
    expect(changed()).toBe('accepted');
    expect(changed([0, 201])).toMatch(/201 patches are more than the task allows/);
    expect(changed([1, -1])).toMatch(/moment 0,0 is below 0/);
    expect(changed([2, 0.6 * largest])).toMatch(
      /moment 0,1 is larger than those of 0,0 and 1,1 allow/,
    );
    expect(changed([1, largest], [10, largest])).toMatch(/trace is above that of 200 patches/);
    expect(changed([0, 0])).toMatch(/trace is above that of 0 patches/);
  });

  it('refuse sums that are longer than their patches, or turned around', async () => {
    const [, state] = await states;
    const honest = await answerRound(smallTask, state, bars(5, 'a'), 'a');
    const sums = (change: (sum: number) => number) =>
      honest.map((value, i) => (i < 4 ? value : change(value)));
    expect(refusal(smallTask, state, honest)).toBe('accepted');
    expect(
      refusal(
        smallTask,
        state,
        sums((sum) => -sum),
      ),
    ).toMatch(/sum of centroid 0 is not one of \d+ patches/);
    expect(
      refusal(
        smallTask,
        state,
        sums((sum) => Math.sign(sum) * 524_287),
      ),
    ).toMatch(/not one of \d+ patches: it is too long, or points elsewhere/);
    const tooMany = honest.map((value, i) => (i === 0 ? 200 : value));
    expect(refusal(smallTask, state, tooMany)).toMatch(/patches are more than the task allows/);
  });

  it('refuse counts that grow with the value, or exceed the images', async () => {
    const [, , state] = await states;
    const honest = await answerRound(smallTask, state, bars(5, 'a'), 'a');
    expect(refusal(smallTask, state, honest)).toBe('accepted');
    const with21 = honest.map((value, i) => (i === 0 ? 21 : value));
    expect(refusal(smallTask, state, with21)).toMatch(/21 images are more than the task allows/);
    const first6 = honest.map((value, i) => (i === 1 ? 6 : value));
    expect(refusal(smallTask, state, first6)).toMatch(/count 0 of feature 0 is 6/);
    const growing = honest.map((value, i) => (i === 15 ? 0 : i === 16 ? 1 : value));
    expect(refusal(smallTask, state, growing)).toMatch(/count 15 of feature 0 is/);
  });

  it('allow the longest sum along a centroid, and only half of it across', async () => {
    const [, state] = await states;
    const unit = (200 * 36 * 1.001) / 524_287;
    const centroid = centroidsOf(state).subarray(0, 9);
    // Some direction across the centroid.
    const [x, y] = centroid;
    const across = Float64Array.of(y, -x, 0, 0, 0, 0, 0, 0, 0).map((v) => v / Math.hypot(x, y));
    const forged = (along: number, aside: number) => {
      const values = new Float64Array(4 + 36);
      values[0] = 200;
      centroid.forEach((value, i) => {
        values[4 + i] = Math.round(((along * value + aside * across[i]) * 200 * 36) / unit);
      });
      return refusal(smallTask, state, values);
    };
    expect(forged(1, 0)).toBe('accepted');
    expect(forged(0.5, 0.5)).toBe('accepted');
    for (const [along, aside] of [
      [0, 0.01],
      [0.5, 0.51],
      [0.9, 0.4],
      [1.01, 0],
      [-0.01, 0],
    ]) {
      expect(forged(along, aside)).toMatch(/not one of 200 patches/);
    }
  });

  it('hold where all patches are one, clipped, and the integers as fine as can be', async () => {
    // Upright edges everywhere: a single direction, which becomes a centroid.
    const pixels = Uint8Array.from({ length: 144 }, (_, i) => (i % 12 < 6 ? 0 : 255));
    const edge: ImageBatch = { count: 1, width: 12, height: 12, channels: 1, pixels };
    for (const sumBits of [12, 20, 30]) {
      const task = smallTaskWith({ clip: 0.5, sumBits, inertia: 0 }, { cohort: 1, panel: 1 });
      for (const round of [0, 1, 2, 3, 4]) {
        const state = await playTo(task, new Map([['a', edge]]), round);
        const values = await answerRound(task, state, edge, 'a');
        expect(refusal(task, state, values)).toBe('accepted');
        const most = largestInteger({ bits: sumBits, signed: true });
        expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(most);
      }
    }
  });
});
