import {
  encodeModel,
  initialModel,
  NO_EXPERIENCE,
  parameterCount,
  type Rule,
  roundContext,
  ruleFor,
  sha256Hex,
  taskHash,
} from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import type { StoredUpdate } from '../store/store.js';
import { randomVotes, tinyTask } from '../testing/tiny-federation.js';
import { roundResult } from './round-result.js';
import { roundUpdates } from './round-updates.js';

const task = tinyTask();
const parameters = parameterCount(task);
const model = initialModel(task);
const base = sha256Hex(encodeModel({ taskHash: taskHash(task), model }));
const rule: Rule = ruleFor(task.federation.rule);
const binding = { rule, taskHash: taskHash(task), baseHash: base, round: 1, parameters };

const updates: StoredUpdate[] = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((client, sequence) => {
  const frame = randomVotes(task, client, { round: 1, base });
  return { task: task.id, round: 1, client, sequence, digest: sha256Hex(frame), frame };
});
const frameBytes = updates[0].frame.length;

/** What the store would answer, and how often it was asked. */
function storeOf(rows: readonly StoredUpdate[]) {
  const store = {
    asked: 0,
    async updates(_task: string, _round: number, after = '', limit = rows.length) {
      store.asked++;
      return rows.filter(({ client }) => client > after).slice(0, limit);
    },
  };
  return store;
}

describe('roundUpdates', () => {
  it.each([
    [0, [1, 1, 1, 1, 1, 1, 1], 8],
    [2 * frameBytes, [2, 2, 2, 1], 4],
    [7 * frameBytes, [7], 2],
    [100 * frameBytes, [7], 1],
  ])('reads pages of %i bytes', async (pageBytes, sizes, asked) => {
    const store = storeOf(updates);
    const pages = [];
    for await (const page of roundUpdates(store, task.id, binding, pageBytes)) pages.push(page);
    expect(pages.map((page) => page.length)).toEqual(sizes);
    expect(pages.flat()).toEqual(updates);
    expect(store.asked).toBe(asked);
  });

  it('has no page where nobody sent anything', async () => {
    for await (const _ of roundUpdates(storeOf([]), task.id, binding)) expect.fail();
  });

  it('lets others have their turn between two pages', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const before = [];
    for await (const _ of roundUpdates(storeOf(updates), task.id, binding, 0)) {
      const until = performance.now() + 3;
      while (performance.now() < until);
      before.push(turns);
    }
    clearInterval(timer);
    expect(before[6]).toBeGreaterThan(before[0]);
  });
});

describe('roundResult', () => {
  it.each([
    ['without defenses', undefined],
    ['with a screen for outliers', { outliers: { share: 0.2 } }],
  ])('does not depend on the pages, %s', async (_name, robust) => {
    const resultOf = (pageBytes: number) =>
      roundResult(model, roundUpdates(storeOf(updates), task.id, binding, pageBytes), {
        ...{ binding, robust, experience: NO_EXPERIENCE, evaluate: () => null },
        context: roundContext(task, 1, parameters),
      });
    const whole = await resultOf(100 * frameBytes);
    expect(whole.counted).toBe(7);
    expect(whole.uplinkBytes).toBe(7 * frameBytes);
    for (const frames of [0, 1, 3]) expect(await resultOf(frames * frameBytes)).toEqual(whole);
  });
});
