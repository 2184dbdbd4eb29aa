import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImageBatch } from '../../extractor/extractor.js';
import type { DictionaryTask } from '../../task/dictionary-task.js';
import { answerRound, checkAnswer } from './answer.js';
import { type DictionaryState, initialDictionary } from './state.js';
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
    expect(changed([2, 0.6 * largest])).toMatch(/moment 0,1 is .* more than 200 patches can have/);
    expect(changed([1, largest], [10, largest])).toMatch(/trace is more than 200 patches/);
    expect(changed([0, 0])).toMatch(/more than 0 patches can have/);
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
    ).toMatch(/points away/);
    expect(
      refusal(
        smallTask,
        state,
        sums((sum) => Math.sign(sum) * 524_287),
      ),
    ).toMatch(/longer than that of \d+ patches can be/);
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

  it('leave one client no more weight than its patches', async () => {
    // The longest sum that is allowed: all patches at one centroid, each of the clipped length.
    const task = smallTaskWith({ clip: 2 });
    const state = await playTo(task, smallClients(5), 2);
    const honest = await answerRound(task, state, bars(5, 'a'), 'a');
    const patches = honest.subarray(0, 4).reduce((sum, count) => sum + count, 0);
    expect(patches).toBe(task.learning.patches);
    const unit = (200 * 4) / 524_287;
    for (let k = 0; k < 4; k++) {
      const sum = honest.subarray(4 + 9 * k, 13 + 9 * k);
      expect(Math.hypot(...sum) * unit).toBeLessThanOrEqual(honest[k] * 4 + 1e-6);
    }
  });
});
