import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../codec/frame.js';
import { largestInteger } from '../../codec/packed-integers.js';
import { type ErrorCode, FederationError } from '../../protocol/errors.js';
import { parseDictionaryTask } from '../../task/dictionary-task.js';
import { taskHash } from '../../task/hash.js';
import { dictionaryRounds, updateFields } from './stage.js';
import { smallTask } from './testing/small-federation.js';
import {
  type DictionaryBinding,
  decodeDictionaryUpdate,
  dictionaryUpdateBytes,
  encodeDictionaryUpdate,
} from './update-frame.js';

const binding = (round: number): DictionaryBinding => ({
  task: smallTask,
  taskHash: taskHash(smallTask),
  baseHash: '22'.repeat(32),
  round,
});

/** An update of any integers that the fields can hold. */
const updates = fc
  .tuple(fc.integer({ min: 1, max: dictionaryRounds(smallTask) }), fc.infiniteStream(fc.nat()))
  .map(([round, numbers]) => {
    const values = updateFields(smallTask, round).flatMap((field) => {
      const largest = largestInteger(field);
      return Array.from({ length: field.count }, () => {
        const number = Number(numbers.next().value) % (largest + 1);
        return field.signed && number % 2 === 1 ? -number : number;
      });
    });
    return { round, values: Float64Array.from(values) };
  });

function refusal(bytes: Uint8Array, expected: DictionaryBinding): ErrorCode | undefined {
  try {
    decodeDictionaryUpdate(bytes, expected);
  } catch (error) {
    if (error instanceof FederationError) return error.code;
    throw error;
  }
  return undefined;
}

const someUpdate = (round: number) => {
  const count = updateFields(smallTask, round).reduce((sum, field) => sum + field.count, 0);
  return new Float64Array(count);
};

describe('the frame of a dictionary update', () => {
  const { cases } = JSON.parse(
    readFileSync(new URL('../../../vectors/dictionary.json', import.meta.url), 'utf8'),
  ) as {
    cases: {
      round: number;
      base: string;
      taskHash: string;
      task: unknown;
      values: number[];
      frame: string;
    }[];
  };
  it.each(cases)('has the bytes of the vectors in round $round', (vector) => {
    const task = parseDictionaryTask(vector.task, 'vector');
    const bound = {
      ...{ task, taskHash: taskHash(task), baseHash: vector.base, round: vector.round },
    };
    expect(bound.taskHash).toBe(vector.taskHash);
    const bytes = encodeDictionaryUpdate(bound, Float64Array.from(vector.values));
    expect(Buffer.from(bytes).toString('hex')).toBe(vector.frame);
    expect([...decodeDictionaryUpdate(bytes, bound)]).toEqual(vector.values);
  });

  it('comes back as it was, in exactly the bytes that were foretold', () => {
    fc.assert(
      fc.property(updates, ({ round, values }) => {
        const bytes = encodeDictionaryUpdate(binding(round), values);
        expect(bytes).toHaveLength(dictionaryUpdateBytes(smallTask, round));
        expect(decodeDictionaryUpdate(bytes, binding(round))).toEqual(values);
      }),
    );
  });

  it('is refused with any bit turned, cut off anywhere, or with more behind it', () => {
    fc.assert(
      fc.property(updates, fc.nat(), ({ round, values }, at) => {
        const bytes = encodeDictionaryUpdate(binding(round), values);
        const turned = Uint8Array.from(bytes);
        turned[(at >> 3) % bytes.length] ^= 1 << (at & 7);
        expect(refusal(turned, binding(round))).toBeDefined();
        expect(refusal(bytes.subarray(0, at % bytes.length), binding(round))).toBe(
          'frame-truncated',
        );
        expect(refusal(Uint8Array.of(...bytes, 0), binding(round))).toBe('frame-oversized');
      }),
    );
  });

  it.each<[string, Partial<DictionaryBinding>, ErrorCode]>([
    ['another task', { taskHash: '33'.repeat(32) }, 'wrong-task'],
    ['another state', { baseHash: '33'.repeat(32) }, 'wrong-base'],
    ['an earlier round', { round: 2 }, 'round-stale'],
    ['a later round', { round: 4 }, 'round-future'],
  ])('is refused from %s', (_name, change, code) => {
    const bytes = encodeDictionaryUpdate({ ...binding(3), ...change }, someUpdate(3));
    expect(refusal(bytes, binding(3))).toBe(code);
  });

  it('is refused with another payload under a checksum that fits', () => {
    const frame = {
      kind: 'dictionary-update',
      ...{ rule: 0, flags: 0, round: 3, taskHash: binding(3).taskHash },
      baseHash: binding(3).baseHash,
      parameters: someUpdate(3).length,
    } as const;
    const size = dictionaryUpdateBytes(smallTask, 3) - 88;
    const refused = (change: object, bytes: number) =>
      refusal(encodeFrame({ ...frame, ...change, payload: new Uint8Array(bytes) }), binding(3));
    expect(refused({}, size)).toBe(undefined);
    expect(refused({}, size - 1)).toBe('frame-truncated');
    expect(refused({}, size + 1)).toBe('frame-oversized');
    expect(refused({ parameters: 1 }, size)).toBe('frame-corrupt');
    expect(refused({ rule: 1 }, size)).toBe('frame-corrupt');
    expect(refused({ kind: 'update' }, size)).toBe('frame-corrupt');
  });
});
