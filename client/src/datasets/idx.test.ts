import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIdxImages, parseIdxLabels } from './index.js';

/** The layout of the format's description, written byte by byte. */
function idx(type: number, dimensions: readonly number[], data: readonly number[]): Uint8Array {
  const bytes = [0, 0, type, dimensions.length];
  for (const side of dimensions) {
    bytes.push((side >>> 24) & 255, (side >>> 16) & 255, (side >>> 8) & 255, side & 255);
  }
  return Uint8Array.from([...bytes, ...data]);
}

describe('IDX images', () => {
  it('are read as count, rows, columns', () => {
    // Two images of 2 rows × 3 columns, with the magic number 0x00000803.
    const bytes = Uint8Array.from([
      ...[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3],
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255],
    ]);
    const images = parseIdxImages(bytes, 'two');
    expect(images).toMatchObject({ count: 2, width: 3, height: 2, channels: 1 });
    expect([...images.pixels]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255]);
  });

  it('come back whatever their shape', () => {
    const shapes = fc.tuple(
      fc.nat(5),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
    );
    fc.assert(
      fc.property(shapes, fc.integer(), ([count, height, width], start) => {
        const data = Array.from({ length: count * height * width }, (_, i) => (start + i) & 255);
        const images = parseIdxImages(idx(8, [count, height, width], data), 'any');
        expect(images).toMatchObject({ count, height, width });
        expect([...images.pixels]).toEqual(data);
      }),
    );
  });

  it.each([
    ['cut off in the header', idx(8, [1, 2, 2], []).subarray(0, 9), /header/],
    ['cut off in the data', idx(8, [1, 2, 2], [1, 2, 3]), /"data" holds 3 bytes.*= 4/],
    ['too long', idx(8, [1, 2, 2], [1, 2, 3, 4, 5]), /"data" holds 5 bytes/],
    ['of floats', idx(0x0d, [1, 1, 1], [0, 0, 0, 0]), /"type" is 13/],
    ['labels', idx(8, [4], [0, 0, 0, 0, 0, 0, 0, 0, 0]), /"dimensions" is 1/],
    ['without rows', idx(8, [1, 0, 4], []), /"rows" is 0/],
    ['declared beyond memory', idx(8, [0xffffffff, 4096, 4096], [1]), /"data" holds 1 bytes/],
    ['another file', Uint8Array.from({ length: 20 }, () => 65), /"magic"/],
    ['still compressed', Uint8Array.from([0x1f, 0x8b, ...new Array(20).fill(0)]), /gunzip/],
  ])('that are %s are refused by field', (_, bytes, message) => {
    const read = () => parseIdxImages(bytes, 'digits-ubyte');
    expect(read).toThrow(message);
    expect(read).toThrow(/^digits-ubyte: /);
    expect(read).toThrow(expect.objectContaining({ code: 'file-corrupt' }));
  });
});

describe('IDX labels', () => {
  it('are read one a sample', () => {
    expect([...parseIdxLabels(idx(8, [4], [5, 0, 9, 255]), 'labels')]).toEqual([5, 0, 9, 255]);
  });

  it('of another length than declared are refused', () => {
    const read = () => parseIdxLabels(idx(8, [4], [5, 0, 9]), 'labels');
    expect(read).toThrow(/"data" holds 3 bytes/);
  });
});
