import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FederationError } from '../protocol/errors.js';
import { decodeIntegers, encodeIntegers, integersBytes } from './integer-coder.js';

const lists = fc
  .integer({ min: 1, max: 700 })
  .chain((limit) =>
    fc.tuple(
      fc.constant(limit),
      fc.array(fc.integer({ min: -limit, max: limit }), { maxLength: 300 }),
    ),
  );

describe('entropy-coded integers', () => {
  it('come back, within the length that is promised', () => {
    fc.assert(
      fc.property(lists, ([limit, values]) => {
        const bytes = encodeIntegers(Int32Array.from(values), limit);
        expect(bytes.length).toBeLessThanOrEqual(integersBytes(values.length, limit));
        expect([...decodeIntegers(bytes, values.length, limit)]).toEqual(values);
      }),
    );
  });

  it('cost log₂ 3 bits where three values are equally frequent', () => {
    const values = Int32Array.from({ length: 60_000 }, (_, i) => (((i * 40_503) % 65_537) % 3) - 1);
    const bitsPerValue = (8 * encodeIntegers(values, 1).length) / values.length;
    expect(bitsPerValue).toBeLessThan(1.02 * Math.log2(3));
  });

  it('cost next to nothing where all are the same', () => {
    expect(encodeIntegers(new Int32Array(10_000), 1).length).toBeLessThan(25);
  });

  it('refuse anything else with a FederationError, or read it as integers in range', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(60), (bytes, count) => {
        try {
          const values = decodeIntegers(bytes, count, 5);
          expect(values).toHaveLength(count);
          expect(values.every((value) => Math.abs(value) <= 5)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(FederationError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['an unknown mode', Uint8Array.of(2, 0)],
    ['a packed value above the limit', Uint8Array.of(1, 0b11)],
    ['bits after the last packed value', Uint8Array.of(1, 0b100)],
    ['nothing', new Uint8Array(0)],
  ])('refuse %s', (_what, bytes) => {
    const corrupt = expect.objectContaining({ code: 'frame-corrupt' });
    expect(() => decodeIntegers(bytes, 1, 1)).toThrow(corrupt);
  });
});
