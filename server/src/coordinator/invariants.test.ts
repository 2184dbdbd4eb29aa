import {
  encodeModel,
  encodeStep,
  initialModel,
  NO_EXPERIENCE,
  parameterCount,
  roundContext,
  ruleFor,
  sha256Hex,
  taskHash,
} from '@fedhybnn/shared';
import { describe, expect, it } from 'vitest';
import { randomVotes, tinyTask } from '../testing/tiny-federation.js';
import { checkCounted, checkFollows, checkInitialModel, checkStep } from './invariants.js';
import { roundResult } from './round-result.js';

const broken = (message: RegExp) =>
  expect.objectContaining({ code: 'invariant-broken', message: expect.stringMatching(message) });
const breaks = (work: () => void, message: RegExp) => expect(work).toThrow(broken(message));

async function* inPages<T>(...pages: T[][]): AsyncGenerator<T[]> {
  yield* pages;
}

const acked = new Map([
  ['a', '1'],
  ['b', '2'],
]);
const [a, b] = [...acked].map(([client, digest]) => ({ client, digest }));

describe('while a round is counted', () => {
  const count = async (...pages: (typeof a)[][]) => {
    const passed = [];
    for await (const page of checkCounted('here', acked, inPages(...pages))) passed.push(...page);
    return passed;
  };

  it('what was acked and what is stored are the same', async () => {
    expect(await count([a], [b])).toEqual([a, b]);
    await expect(count([b])).rejects.toEqual(broken(/^here: .*lost .* a \(I1, every/));
    await expect(count()).rejects.toEqual(broken(/lost .* a, b \(I1, every/));
    await expect(count([a, b], [{ client: 'c', digest: '3' }])).rejects.toEqual(
      broken(/update of c that was not accepted \(I2/),
    );
    await expect(count([a, { client: 'b', digest: '3' }])).rejects.toEqual(
      broken(/update of b that was not accepted \(I2/),
    );
    await expect(count([a, b], [b])).rejects.toEqual(
      broken(/update of b that was not accepted \(I2/),
    );
  });
});

describe('before a round is published', async () => {
  const task = tinyTask();
  const hash = taskHash(task);
  const parameters = parameterCount(task);
  const model = initialModel(task);
  const base = sha256Hex(encodeModel({ taskHash: hash, model }));
  const rule = ruleFor(task.federation.rule);
  const binding = { rule, taskHash: hash, baseHash: base, round: 1, parameters };
  const context = roundContext(task, 1, parameters);
  const updates = ['a', 'b'].map((client) => ({
    client,
    frame: randomVotes(task, client, { round: 1, base }),
  }));
  const result = await roundResult(model, inPages(updates), {
    ...{ binding, context, robust: undefined, experience: NO_EXPERIENCE },
    evaluate: () => null,
  });

  it('its step, as clients read it, leads to its model', () => {
    checkStep('here', model, result, binding, context);
    const payload = rule.encode(
      new Float32Array(parameters).fill(1),
      model,
      context,
      '0'.repeat(32),
    );
    const stepFile = encodeStep({ ...binding, payload });
    breaks(() => checkStep('here', model, { ...result, stepFile }, binding, context), /\(I3/);
  });

  it('it hangs on the last one that the store has', () => {
    const start = { model: 'm0', chain: 'h0' };
    const follows = (round: number, on: string, previous: string, latest = 0) =>
      checkFollows(
        'here',
        {
          latest: latest === 0 ? null : { round: latest, model: `m${latest}`, chain: `h${latest}` },
        },
        { round, base: on, previous },
        start,
      );
    follows(1, 'm0', 'h0');
    follows(4, 'm3', 'h3', 3);
    breaks(() => follows(2, 'm0', 'h0'), /round 2 would follow round 0 \(I5/);
    breaks(() => follows(3, 'm3', 'h3', 3), /round 3 would follow round 3 \(I5/);
    breaks(() => follows(4, 'm2', 'h3', 3), /another model .*\(I5/);
    breaks(() => follows(4, 'm3', 'h2', 3), /chain hash .*\(I4/);
  });

  it('this machine makes the model that the task began with', () => {
    checkInitialModel(task, hash, base);
    breaks(() => checkInitialModel(task, hash, 'a'.repeat(64)), /task tiny: .*\(I7/);
  });
});
