/**
 * Join codes: what a participant types or scans. 16 characters of Crockford's base 32
 * (https://www.crockford.com/base32.html), 80 bits, in groups of four: no letter can be taken for a
 * digit, and what people type instead (I, L, O, small letters, spaces) is understood.
 */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CHARACTERS = 16;

/** Bits of randomness in a code. */
export const JOIN_CODE_BITS = 5 * CHARACTERS;

/**
 * The code of ten random bytes, as people see it: `7KQ2-M9XD-…`.
 * @throws RangeError if there are not ten
 */
export function joinCodeFrom(random: Uint8Array): string {
  if (random.length !== JOIN_CODE_BITS / 8) throw new RangeError('a join code is made of 10 bytes');
  let bits = 0n;
  for (const byte of random) bits = (bits << 8n) | BigInt(byte);
  const characters = Array.from({ length: CHARACTERS }, (_, i) => {
    const shift = BigInt(5 * (CHARACTERS - 1 - i));
    return ALPHABET[Number((bits >> shift) & 31n)];
  });
  return formatJoinCode(characters.join(''));
}

/** The 16 characters that somebody meant, or null where it cannot be a code. */
export function normalizeJoinCode(typed: string): string | null {
  const code = typed
    .toUpperCase()
    .replace(/[\s\-–—]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  const valid = code.length === CHARACTERS && [...code].every((c) => ALPHABET.includes(c));
  return valid ? code : null;
}

/** In groups of four. @param code normalized */
export function formatJoinCode(code: string): string {
  return code.replace(/(.{4})(?=.)/g, '$1-');
}
