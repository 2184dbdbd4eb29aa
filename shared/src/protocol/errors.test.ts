import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, FederationError } from './errors.js';

describe('error codes', () => {
  it('each have a heading in docs/errors.md, and no heading lacks a code', () => {
    const text = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, code]) => code);
    expect(headings.sort()).toEqual([...ERROR_CODES].sort());
  });

  it('stay with an error that passes through, and unknown throws become internal', () => {
    const error = new FederationError('wrong-base', 'field');
    expect(FederationError.from(error)).toBe(error);
    const cause = new TypeError('x is undefined');
    expect(FederationError.from(cause)).toMatchObject({ code: 'internal', cause });
  });
});
