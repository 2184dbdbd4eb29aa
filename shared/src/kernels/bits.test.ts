import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitMatrix } from './bits.js';

describe('bit matrices', () => {
  it('lay a row out least significant bit first, padded to 128 bits', () => {
    const first = [1, -1, 0, -0, -1, -1, -1, 1, -1, 1];
    const bits = BitMatrix.fromSigns(2, 10, [...first, ...Array(10).fill(-1)]);
    expect(bits.bytes).toEqual(Uint8Array.from([0b10001101, 0b10, ...Array(30).fill(0)]));
  });

  it('return what was set, and survive compacting', () => {
    fc.assert(
      fc.property(
        fc.nat(9),
        fc.integer({ min: 1, max: 300 }),
        fc.infiniteStream(fc.boolean()),
        (rows, cols, stream) => {
          const bits = BitMatrix.create(rows, cols);
          const values: boolean[] = [];
          for (let i = 0; i < rows * cols; i++) {
            values.push(stream.next().value as boolean);
            bits.set(Math.floor(i / cols), i % cols, true);
            bits.set(Math.floor(i / cols), i % cols, values[i]);
          }
          values.forEach((value, i) => {
            expect(bits.get(Math.floor(i / cols), i % cols)).toBe(value);
          });
          const compact = bits.toCompact();
          expect(compact).toHaveLength(rows * Math.ceil(cols / 8));
          expect(BitMatrix.fromCompact(rows, cols, compact).bytes).toEqual(bits.bytes);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gather rows in the order asked for', () => {
    const bits = BitMatrix.fromSigns(3, 1, [1, -1, 1]);
    const gathered = bits.gatherRows([2, 1, 1, 0]);
    expect([0, 1, 2, 3].map((r) => gathered.get(r, 0))).toEqual([true, false, false, true]);
  });

  it('gather into a matrix with room, leaving its other rows alone', () => {
    const bits = BitMatrix.fromSigns(2, 1, [1, -1]);
    const into = BitMatrix.fromSigns(3, 1, [-1, 1, 1]);
    expect(bits.gatherRows([0, 1], into)).toBe(into);
    expect([0, 1, 2].map((r) => into.get(r, 0))).toEqual([true, false, true]);
    expect(() => bits.gatherRows([0, 0, 0, 0], into)).toThrow(/4 rows of 1 bits do not fit/);
    expect(() => bits.gatherRows([0], BitMatrix.create(1, 2))).toThrow(RangeError);
    expect(() => bits.gatherRows([2])).toThrow(/row 2 of a bit matrix of 2 rows/);
  });

  it('work on shared memory', () => {
    const bytes = new Uint8Array(new SharedArrayBuffer(32));
    const bits = new BitMatrix(2, 128, bytes);
    bits.set(1, 127, true);
    expect(bytes[31]).toBe(0x80);
    expect(bits.gatherRows([1]).get(0, 127)).toBe(true);
  });

  it('compact to whole bytes a row, as counted by hand', () => {
    const bits = BitMatrix.fromSigns(2, 9, [1, 1, 1, -1, -1, -1, -1, -1, 1, ...Array(9).fill(-1)]);
    expect([...bits.toCompact()]).toEqual([0b111, 1, 0, 0]);
  });

  it('refuse compact rows with bits after the last column', () => {
    expect(BitMatrix.fromCompact(1, 9, Uint8Array.of(0xff, 1)).get(0, 8)).toBe(true);
    expect(BitMatrix.fromCompact(1, 8, Uint8Array.of(0xff)).get(0, 7)).toBe(true);
    expect(() => BitMatrix.fromCompact(2, 9, Uint8Array.of(0, 0, 0, 2))).toThrow(/row 1 has bits/);
  });

  it('refuse bytes of another length', () => {
    expect(() => new BitMatrix(2, 5, new Uint8Array(31))).toThrow(/takes 32 bytes, not 31/);
    expect(() => BitMatrix.fromCompact(2, 9, new Uint8Array(3))).toThrow(/take 4 bytes/);
  });
});
