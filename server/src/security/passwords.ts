/**
 * Operators' passwords, as scrypt hashes (RFC 7914) with OWASP's cost for 32 MiB:
 * N = 2¹⁵, r = 8, p = 3. Written as `scrypt$15$8$3$salt$hash`, so that the cost can grow later.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { FederationError } from '@fedhybnn/shared';

const COST = { logN: 15, r: 8, p: 3 };
const HASH_BYTES = 32;
/** The largest cost that a stored hash may ask for: 128 MiB. */
const MOST = { logN: 17, r: 8, p: 16 };

export const PASSWORD_LENGTH = { least: 12, most: 256 };

/** @throws FederationError `bad-request` if the password is too short or too long */
export async function hashPassword(password: string): Promise<string> {
  const { least, most } = PASSWORD_LENGTH;
  if (password.length < least || password.length > most) {
    throw new FederationError(
      'bad-request',
      `the password must have from ${least} to ${most} characters; leave it out to have one drawn`,
    );
  }
  const salt = randomBytes(16);
  const { logN, r, p } = COST;
  const hash = await derive(password, salt, COST);
  return ['scrypt', logN, r, p, salt.toString('base64'), hash.toString('base64')].join('$');
}

/** Takes as long for an operator who does not exist. @param stored hash, or null for nobody */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const { cost, salt, hash } = stored === null ? NOBODY : parseHash(stored);
  const derived = await derive(password, salt, cost);
  return timingSafeEqual(derived, hash) && stored !== null;
}

/** A password that nobody needs to think of: 100 bits. */
export function drawPassword(): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
  const characters = Array.from(randomBytes(20), (byte) => alphabet[byte & 31]);
  return characters.join('').replace(/(.{5})(?=.)/g, '$1-');
}

const NOBODY = { cost: COST, salt: Buffer.alloc(16), hash: Buffer.alloc(HASH_BYTES) };

function parseHash(stored: string): typeof NOBODY {
  const [kind, ...parts] = stored.split('$');
  const [logN, r, p] = parts.slice(0, 3).map(Number);
  const [salt, hash] = parts.slice(3).map((text) => Buffer.from(text, 'base64'));
  const known =
    kind === 'scrypt' &&
    parts.length === 5 &&
    [logN, r, p].every((value) => Number.isInteger(value) && value >= 1) &&
    logN <= MOST.logN &&
    r <= MOST.r &&
    p <= MOST.p;
  if (known && hash.length === HASH_BYTES) return { cost: { logN, r, p }, salt, hash };
  throw new FederationError(
    'store-failed',
    'a stored password hash is unreadable; set the password anew with "fedhybnn-coordinator operator password"',
  );
}

function derive(password: string, salt: Buffer, { logN, r, p }: typeof COST): Promise<Buffer> {
  const options = { N: 2 ** logN, r, p, maxmem: 256 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    // As it is typed on any keyboard: composed or not (RFC 8265 asks for NFC).
    scrypt(password.normalize('NFC'), salt, HASH_BYTES, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
