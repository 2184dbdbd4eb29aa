import { describe, expect, it } from 'vitest';
import { valueAt, withValue } from './document.js';

const document = { a: { b: 1, c: [2] }, d: 'x' };

describe('a document by paths', () => {
  it('reads what is there', () => {
    expect(valueAt(document, 'a.b')).toBe(1);
    expect(valueAt(document, 'a')).toEqual({ b: 1, c: [2] });
    for (const path of ['e', 'a.e', 'a.b.c', 'd.e'])
      expect(valueAt(document, path)).toBeUndefined();
  });

  it('changes a copy, and keeps the order of fields', () => {
    const changed = withValue(document, 'a.b', 5);
    expect(JSON.stringify(changed)).toBe('{"a":{"b":5,"c":[2]},"d":"x"}');
    expect(document.a.b).toBe(1);
  });

  it('makes what is missing on the way, and takes fields away', () => {
    expect(withValue(document, 'e.f.g', true)).toEqual({ ...document, e: { f: { g: true } } });
    expect(withValue(document, 'a.c', undefined)).toEqual({ a: { b: 1 }, d: 'x' });
    expect(withValue(document, 'd.e', 1)).toEqual({ ...document, d: { e: 1 } });
  });
});
