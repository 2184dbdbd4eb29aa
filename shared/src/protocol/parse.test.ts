import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { taskSchema } from '../task/task.js';
import { FederationError } from './errors.js';
import { joinRequestSchema } from './messages.js';
import { parse, parseJson } from './parse.js';

const schema = z.strictObject({
  name: z.string().check(z.minLength(2), z.maxLength(5), z.regex(/^[a-z]+$/)),
  share: z.number().check(z.gt(0), z.lte(1)),
  color: z.enum(['red', 'green']),
  list: z.array(z.strictObject({ size: z.int() })),
  either: z.union([z.literal(1), z.literal(3)]),
  custom: z.optional(z.string().check(z.refine((text) => text === 'x', 'must be x'))),
});
const good = { name: 'abc', share: 0.5, color: 'red', list: [{ size: 1 }], either: 3 };

function refusal(act: () => unknown): FederationError {
  try {
    act();
  } catch (error) {
    if (error instanceof FederationError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('parse', () => {
  it('gives back what fits', () => {
    expect(parse(schema, good, 'thing')).toEqual(good);
  });

  it.each<[string, unknown]>([
    ['the value must be of type object', 7],
    ['the value must be of type object', null],
    ['field "name" must be of type string', { ...good, name: 1 }],
    ['field "name" must have at least 2 characters', { ...good, name: 'a' }],
    ['field "name" must have at most 5 characters', { ...good, name: 'abcdef' }],
    ['field "name" must match the pattern', { ...good, name: 'A-B' }],
    ['field "share" must be more than 0', { ...good, share: 0 }],
    ['field "share" must be at most 1', { ...good, share: 1.01 }],
    ['field "share" must be of type number', { ...good, share: Number.NaN }],
    ['field "color" must be one of red, green', { ...good, color: 'blue' }],
    ['field "list.1.size" must be of type int', { ...good, list: [{ size: 1 }, { size: 0.5 }] }],
    ['unknown field "list.0.weight"; remove it', { ...good, list: [{ size: 1, weight: 2 }] }],
    ['field "either" fits none of the allowed forms', { ...good, either: 2 }],
    ['field "custom": must be x', { ...good, custom: 'y' }],
  ])('refuses the rest, in words: %s', (words, value) => {
    const error = refusal(() => parse(schema, value, 'thing'));
    expect(error.code).toBe('bad-request');
    expect(error.message).toMatch(/^thing: /);
    expect(error.message).toContain(words);
  });

  it('names a missing field', () => {
    for (const name of ['name', 'share', 'color', 'list', 'either']) {
      const value = Object.fromEntries(Object.entries(good).filter(([key]) => key !== name));
      expect(refusal(() => parse(schema, value, 'thing')).message).toContain(`field "${name}"`);
    }
  });

  it('has the code that the caller asks for', () => {
    expect(refusal(() => parse(schema, 1, 'thing', 'file-corrupt')).code).toBe('file-corrupt');
  });

  it('throws nothing else, whatever the value', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (value) => {
        for (const act of [
          () => parse(schema, value, 'thing'),
          () => parse(taskSchema, value, 'thing'),
          () => parse(joinRequestSchema, value, 'thing'),
        ]) {
          const { code, message } = refusal(act);
          expect(code).toBe('bad-request');
          expect(message).toMatch(/^thing: ./);
        }
      }),
    );
  });
});

describe('parseJson', () => {
  it('reads JSON text by a schema', () => {
    expect(parseJson(schema, JSON.stringify(good), 'thing')).toEqual(good);
    expect(refusal(() => parseJson(schema, '[]', 'thing', 'file-corrupt'))).toMatchObject({
      code: 'file-corrupt',
      message: 'thing: the value must be of type object',
    });
  });

  it('refuses text that is no JSON, and keeps the cause', () => {
    for (const text of ['', '{', '{"a":1,}', 'undefined', "{'a':1}"]) {
      const error = refusal(() => parseJson(schema, text, 'thing', 'file-corrupt'));
      expect(error.code).toBe('file-corrupt');
      expect(error.message).toBe('thing: not JSON; check the text for a missing quote or comma');
      expect(error.cause).toBeInstanceOf(SyntaxError);
    }
  });

  it('throws nothing else, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(refusal(() => parseJson(schema, text, 'thing')).code).toBe('bad-request');
      }),
    );
  });
});
