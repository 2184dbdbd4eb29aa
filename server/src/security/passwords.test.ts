import { scryptSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { drawPassword, hashPassword, isPassword } from './passwords.js';

describe('passwords', () => {
  it('are recognized by their hash, and others are not', async () => {
    const hash = await hashPassword('correct horse battery');
    expect(await isPassword('correct horse battery', hash)).toBe(true);
    expect(await isPassword('correct horse batterz', hash)).toBe(false);
    expect(await isPassword('', hash)).toBe(false);
    expect(await hashPassword('correct horse battery')).not.toBe(hash);
  });

  it('are understood at the cost with which they were stored', async () => {
    // RFC 7914, section 12, third vector; its hash has 64 bytes, of which scrypt's first 32 are ours.
    const published =
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887';
    const salt = Buffer.from('SodiumChloride');
    const hash = scryptSync('pleaseletmein', salt, 32, { N: 2 ** 14, r: 8, p: 1 });
    expect(published.startsWith(hash.toString('hex'))).toBe(true);
    const stored = `scrypt$14$8$1$${salt.toString('base64')}$${hash.toString('base64')}`;
    expect(await isPassword('pleaseletmein', stored)).toBe(true);
    expect(await isPassword('pleaseletmeout', stored)).toBe(false);
  });

  it('of nobody are never right', async () => {
    expect(await isPassword('anything at all', null)).toBe(false);
  });

  it('are the same however the keyboard composes them', async () => {
    const hash = await hashPassword('Zu\u0308rich 8000 Bahnhof');
    expect(await isPassword('Z\u00fcrich 8000 Bahnhof', hash)).toBe(true);
  });

  it('must be long enough', async () => {
    await expect(hashPassword('eleven char')).rejects.toMatchObject({ code: 'bad-request' });
    await expect(hashPassword('x'.repeat(257))).rejects.toMatchObject({ code: 'bad-request' });
  });

  it.each(['', 'scrypt$15$8$3$AAAA', 'bcrypt$15$8$3$AAAA$AAAA', 'scrypt$30$8$3$AAAA$AAAA'])(
    'with an unreadable hash are an error that says what to do: %s',
    async (stored) => {
      await expect(isPassword('anything', stored)).rejects.toMatchObject({
        code: 'store-failed',
        message: expect.stringContaining('operator password'),
      });
    },
  );

  it('are drawn long, and each time another', () => {
    const drawn = new Set(Array.from({ length: 100 }, drawPassword));
    expect(drawn.size).toBe(100);
    for (const password of drawn) expect(password).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
  });
});
