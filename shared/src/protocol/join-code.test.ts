import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatJoinCode, joinCodeFrom, normalizeJoinCode } from './join-code.js';

describe('join codes', () => {
  it('are Crockford base 32 of ten bytes, most significant bits first', () => {
    expect(joinCodeFrom(new Uint8Array(10))).toBe('0000-0000-0000-0000');
    expect(joinCodeFrom(new Uint8Array(10).fill(255))).toBe('ZZZZ-ZZZZ-ZZZZ-ZZZZ');
    // RFC 4648's base 32 of "foobarfoob" is MZXW6YTBOJTG633C; the same digits in Crockford's letters.
    const crockford = (rfc: string) =>
      rfc.replace(/[A-Z2-7]/g, (c) =>
        '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.charAt('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c)),
      );
    expect(joinCodeFrom(new TextEncoder().encode('foobarfoob'))).toBe(
      formatJoinCode(crockford('MZXW6YTBOJTG633C')),
    );
  });

  it('are understood however people write them', () => {
    const written = ['7kq2-m9xd-0011-zzzz', ' 7KQ2 M9XD OOIL ZZZZ ', '7kq2m9xdoo1lzzzz'];
    for (const typed of written) expect(normalizeJoinCode(typed)).toBe('7KQ2M9XD0011ZZZZ');
  });

  it.each(['', '7KQ2', '7KQ2-M9XD-0011-ZZZU', '7KQ2-M9XD-0011-ZZZZ0', 'x'.repeat(64)])(
    'are refused where they cannot be one: %s',
    (typed) => {
      expect(normalizeJoinCode(typed)).toBeNull();
    },
  );

  it('survive being shown and typed, and differ where their bytes do', () => {
    const bytes = fc.uint8Array({ minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const code = joinCodeFrom(a);
        expect(formatJoinCode(normalizeJoinCode(code.toLowerCase()) ?? '')).toBe(code);
        expect(joinCodeFrom(b) === code).toBe(a.every((byte, i) => byte === b[i]));
      }),
    );
  });

  it('need all their bytes', () => {
    expect(() => joinCodeFrom(new Uint8Array(9))).toThrow(RangeError);
  });
});
