import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitMatrix } from './bits.js';

describe('bit matrices', () => {
  it('lay a row out least significant bit first, padded to 128 bits', () => {
    const bits = BitMatrix.fromSigns(2, 10, [
      1,
      -1,
      0,
      -0,
      -1,
      -1,
      -1,
      1,
      -1,
      1,
      ...Array(10).fill(-1),
    ]);
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

  it('refuse bytes of another length', () => {
    expect(() => new BitMatrix(2, 5, new Uint8Array(31))).toThrow(/takes 32 bytes, not 31/);
    expect(() => BitMatrix.fromCompact(2, 9, new Uint8Array(3))).toThrow(/take 4 bytes/);
  });
});
