import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FederationError } from '../protocol/errors.js';
import { Random } from '../random/random.js';
import { deriveSeed } from '../random/seed.js';
import { BitContexts, RangeDecoder, RangeEncoder } from './range-coder.js';

const CONTEXTS = 5;
type Coded = readonly (readonly [context: number, bit: number])[];

function encode(coded: Coded): Uint8Array {
  const encoder = new RangeEncoder();
  const contexts = new BitContexts(CONTEXTS);
  for (const [context, bit] of coded) encoder.encode(contexts, context, bit);
  return encoder.finish();
}

function decode(bytes: Uint8Array, order: readonly number[]): number[] {
  const decoder = new RangeDecoder(bytes);
  const contexts = new BitContexts(CONTEXTS);
  const bits = order.map((context) => decoder.decode(contexts, context));
  decoder.finish();
  return bits;
}

const skewed = (ones: number, length: number): Coded => {
  const random = new Random(deriveSeed(7, 'skewed', ones));
  return Array.from({ length }, () => [0, random.unit() < ones ? 1 : 0] as const);
};
const entropy = (p: number) => -p * Math.log2(p) - (1 - p) * Math.log2(1 - p);

describe('the range coder', () => {
  it('gives back any bits in any contexts', () => {
    const coded = fc.array(fc.tuple(fc.nat(CONTEXTS - 1), fc.nat(1)), { maxLength: 2000 });
    fc.assert(
      fc.property(coded, (bits) => {
        const order = bits.map(([context]) => context);
        expect(decode(encode(bits), order)).toEqual(bits.map(([, bit]) => bit));
      }),
    );
  });

  it('gives back runs that carry through bytes of ones', () => {
    // Long runs drive the range against the ends of its interval, where carries pass.
    const runs = fc.array(fc.tuple(fc.nat(1), fc.integer({ min: 1, max: 3000 })), { maxLength: 8 });
    fc.assert(
      fc.property(runs, (lengths) => {
        const bits = lengths.flatMap(([bit, length]) => new Array<number>(length).fill(bit));
        const coded = bits.map((bit) => [0, bit] as const);
        expect(decode(encode(coded), new Array(bits.length).fill(0))).toEqual(bits);
      }),
      { numRuns: 50 },
    );
  });

  it.each([0.5, 0.2, 0.05, 0.01, 0.0005])(
    'comes close to the entropy, where ones have a share of %d',
    (ones) => {
      const length = 100_000;
      const perBit = (8 * encode(skewed(ones, length)).length) / length;
      expect(perBit).toBeGreaterThan(0.97 * entropy(ones));
      expect(perBit).toBeLessThan(1.03 * entropy(ones) + 0.003);
    },
  );

  it('refuses truncation and bytes behind the end', () => {
    const coded = skewed(0.3, 500);
    const order = coded.map(() => 0);
    const bytes = encode(coded);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decode(bytes.subarray(0, length), order)).toThrow(FederationError);
    }
    expect(() => decode(Uint8Array.of(...bytes, 0), order)).toThrow(
      expect.objectContaining({ code: 'frame-corrupt' }),
    );
  });

  it('answers any bytes with bits or a FederationError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(400), (bytes, length) => {
        try {
          expect(decode(bytes, new Array(length).fill(0))).toHaveLength(length);
        } catch (error) {
          expect(error).toBeInstanceOf(FederationError);
        }
      }),
    );
  });
});
