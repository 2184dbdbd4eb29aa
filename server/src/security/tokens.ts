/** Client tokens: who a client is, in which task, for how long. JWT, HS256, by `jose`. */
import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import { errors, jwtVerify, SignJWT } from 'jose';
import { syncFolder } from '../store/sync-folder.js';

export interface TokenClaims {
  readonly task: string;
  readonly client: string;
}

/** How long after its end a token may still be exchanged for a new one. Seconds. */
const RESUME_SECONDS = 90 * 24 * 3600;

export class Tokens {
  private constructor(
    private readonly secret: Uint8Array,
    readonly lifetimeSeconds: number,
  ) {}

  /** Reads the secret of the data folder, or makes one (mode 0600). */
  static async open(folder: string, lifetimeSeconds: number): Promise<Tokens> {
    const path = join(folder, 'token-secret');
    const secret = await readFile(path)
      .then((bytes) => new Uint8Array(bytes))
      .catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === 'ENOENT') return makeSecret(folder, path);
        throw new FederationError(
          'data-folder',
          `${path}: cannot be read; change its permissions`,
          { cause },
        );
      });
    if (secret.length !== 32) {
      throw new FederationError(
        'data-folder',
        `${path}: must have 32 bytes; delete it, and clients will join anew`,
      );
    }
    return new Tokens(secret, lifetimeSeconds);
  }

  issue({ task, client }: TokenClaims): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(client)
      .setAudience(task)
      .setIssuedAt(now)
      .setExpirationTime(now + this.lifetimeSeconds)
      .sign(this.secret);
  }

  /**
   * Who holds a token.
   * @param expiredToo for joining again: an expired token still says who the client was
   * @throws FederationError `token-missing`, `token-expired` or `token-invalid`
   */
  async verify(token: string | undefined, expiredToo = false): Promise<TokenClaims> {
    if (token === undefined || token === '') {
      throw new FederationError('token-missing', 'no token; join the federation at POST /v1/join');
    }
    try {
      const { payload } = await jwtVerify(token, this.secret, {
        algorithms: ['HS256'],
        clockTolerance: expiredToo ? RESUME_SECONDS : 0,
      });
      const { sub, aud } = payload;
      if (typeof sub === 'string' && typeof aud === 'string') return { client: sub, task: aud };
    } catch (cause) {
      if (cause instanceof errors.JWTExpired) {
        throw new FederationError(
          'token-expired',
          'the token has expired; join again with it in field "resume"',
          { cause },
        );
      }
    }
    throw new FederationError(
      'token-invalid',
      'the token was not issued here; join the federation again without it',
    );
  }
}

/** Whole or not at all, and readable by the owner only. */
async function makeSecret(folder: string, path: string): Promise<Uint8Array> {
  const secret = new Uint8Array(randomBytes(32));
  await rm(`${path}.new`, { force: true });
  const file = await open(`${path}.new`, 'wx', 0o600);
  try {
    await file.writeFile(secret);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  await syncFolder(folder);
  return secret;
}
