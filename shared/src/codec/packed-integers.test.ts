import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type IntegerFormat,
  largestInteger,
  packedBytes,
  packIntegers,
  unpackIntegers,
} from './packed-integers.js';

function pack(values: readonly number[], format: IntegerFormat): Uint8Array {
  const bytes = new Uint8Array(packedBytes(values.length, format));
  packIntegers(Float64Array.from(values), format, bytes);
  return bytes;
}

function unpack(bytes: Uint8Array, count: number, format: IntegerFormat): number[] {
  const values = new Float64Array(count);
  unpackIntegers(bytes, format, values, 'number');
  return [...values];
}

const formats = fc
  .record({ bits: fc.integer({ min: 1, max: 32 }), signed: fc.boolean() })
  .filter(({ bits, signed }) => bits > 1 || !signed);

describe('packed integers', () => {
  it('lie side by side, least significant bit first', () => {
    // 1, 2, 3 in three bits: 011 010 001 from the top.
    expect(pack([1, 2, 3], { bits: 3, signed: false })).toEqual(Uint8Array.of(0b11010001, 0));
    // Signed in four bits: −7 is 0, 0 is 7, 7 is 14.
    expect(pack([-7, 0, 7], { bits: 4, signed: true })).toEqual(Uint8Array.of(0x70, 0x0e));
    expect(pack([0x12345678], { bits: 32, signed: false })).toEqual(
      Uint8Array.of(0x78, 0x56, 0x34, 0x12),
    );
  });

  it('come back as they were', () => {
    fc.assert(
      fc.property(formats, fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (format, at) => {
        const largest = largestInteger(format);
        const values = at.map((share) =>
          format.signed ? Math.round((2 * share - 1) * largest) + 0 : Math.round(share * largest),
        );
        expect(unpack(pack(values, format), values.length, format)).toEqual(values);
      }),
    );
  });

  it('have one form: what is read and written again is the same', () => {
    fc.assert(
      fc.property(formats, fc.uint8Array({ maxLength: 40 }), (format, bytes) => {
        const count = Math.floor((8 * bytes.length) / format.bits);
        const whole = bytes.subarray(0, packedBytes(count, format));
        try {
          expect(pack(unpack(whole, count, format), format)).toEqual(whole);
        } catch (error) {
          expect(error).toMatchObject({ code: 'frame-corrupt' });
        }
      }),
    );
  });

  it('are refused with the code that is never written, or bits after the last', () => {
    const signed = { bits: 4, signed: true };
    expect(() => unpack(Uint8Array.of(0xf7), 2, signed)).toThrow(/number 1 is beyond ±7/);
    expect(() => unpack(Uint8Array.of(0x17), 1, signed)).toThrow(/bits after the last number/);
  });
});
