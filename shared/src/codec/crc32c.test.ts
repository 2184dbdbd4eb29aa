import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c } from './crc32c.js';

const vectors: { crc32c: { name: string; bytes: string; crc: number }[] } = JSON.parse(
  readFileSync(new URL('../../vectors/frame.json', import.meta.url), 'utf8'),
);

describe('crc32c', () => {
  it.each([
    ['32 zero bytes', new Uint8Array(32), 0x8a9136aa],
    ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['31 to 0', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
    ['"123456789"', new TextEncoder().encode('123456789'), 0xe3069283],
  ])('knows the answer of RFC 3720 for %s', (_name, bytes, crc) => {
    expect(crc32c(bytes)).toBe(crc);
  });

  it.each(vectors.crc32c)('agrees with the vectors on $name', ({ bytes, crc }) => {
    expect(crc32c(Buffer.from(bytes, 'hex'))).toBe(crc);
  });

  it('notices any single flipped bit', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(), (bytes, at) => {
        const bit = at % (8 * bytes.length);
        const flipped = Uint8Array.from(bytes);
        flipped[bit >> 3] ^= 1 << (bit & 7);
        expect(crc32c(flipped)).not.toBe(crc32c(bytes));
      }),
    );
  });
});
