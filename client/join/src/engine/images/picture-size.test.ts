import { describe, expect, it } from 'vitest';
import { pictureSize } from './picture-size.js';

const png = Uint8Array.of(
  ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52],
  ...[0, 0, 0x1f, 0x40, 0, 0, 0x17, 0x70, 8, 2, 0, 0, 0],
);
/** A JPEG with a comment of `length` bytes before its frame header of 4032 × 3024. */
const jpeg = (length: number, sof = 0xc0) =>
  Uint8Array.of(
    ...[0xff, 0xd8, 0xff, 0xfe, (length + 2) >> 8, (length + 2) & 255],
    ...new Uint8Array(length),
    ...[0xff, sof, 0, 17, 8, 0x0b, 0xd0, 0x0f, 0xc0, 3, 1, 0x22, 0],
  );

describe('the size of a picture file', () => {
  it.each([
    ['PNG', png, { width: 8000, height: 6000 }],
    ['JPEG', jpeg(5), { width: 4032, height: 3024 }],
    ['progressive JPEG', jpeg(60_000, 0xc2), { width: 4032, height: 3024 }],
    [
      'JPEG with fill bytes',
      Uint8Array.of(0xff, 0xd8, 0xff, ...jpeg(3).subarray(2)),
      { width: 4032, height: 3024 },
    ],
    ['JPEG without a frame', jpeg(5, 0xc4).subarray(0, 20), undefined],
    ['cut PNG', png.subarray(0, 20), undefined],
    ['text', new TextEncoder().encode('not a picture'), undefined],
    ['nothing', new Uint8Array(), undefined],
  ])('of a %s', async (_kind, bytes, size) => {
    expect(await pictureSize(new Blob([bytes]))).toEqual(size);
  });
});
