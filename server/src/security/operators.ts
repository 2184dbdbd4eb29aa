/**
 * Operators: they log in with a password and get a session (a cookie, and a token against forged
 * requests), or give programs an API token. Only hashes of these secrets are stored.
 */
import { randomBytes } from 'node:crypto';
import { type ApiTokenReply, FederationError } from '@fedhybnn/shared';
import type { AccessStore, Credential } from '../store/access-store.js';
import { contentHash } from '../store/content-hash.js';
import { isPassword } from './passwords.js';

/** A session ends after so long, whatever happens in it. */
export const SESSION_MS = 12 * 3600 * 1000;
const API_TOKEN = /^fhy_[A-Za-z0-9_-]{43}$/;

export interface NewSession {
  /** For the cookie. */
  readonly secret: string;
  /** For the page that logged in. */
  readonly csrf: string;
  readonly expiresAt: number;
}

export class Operators {
  constructor(
    private readonly access: AccessStore,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws FederationError `login-failed`, the same for a wrong name and a wrong password */
  async login(name: string, password: string): Promise<NewSession> {
    if (!(await isPassword(password, await this.access.password(name)))) {
      throw new FederationError(
        'login-failed',
        'name or password is wrong; set a new password with "fedhybnn-coordinator operator password"',
      );
    }
    const secret = randomBytes(32).toString('base64url');
    const csrf = randomBytes(32).toString('base64url');
    const createdAt = this.now();
    const expiresAt = createdAt + SESSION_MS;
    await this.access.removeExpired(createdAt);
    await this.access.addCredential({
      ...{ id: drawId(), hash: hashOf(secret), kind: 'session', operator: name, label: '' },
      ...{ csrf, createdAt, expiresAt },
    });
    return { secret, csrf, expiresAt };
  }

  /** Whose session a cookie is, or null. */
  async session(secret: string): Promise<Credential | null> {
    return this.find(secret, 'session');
  }

  /** Whose API token this is, or null. */
  async apiToken(token: string): Promise<Credential | null> {
    return API_TOKEN.test(token) ? this.find(token, 'api-token') : null;
  }

  async createApiToken(
    operator: string,
    label: string,
    days: number,
  ): Promise<ApiTokenReply & { token: string }> {
    const token = `fhy_${randomBytes(32).toString('base64url')}`;
    const createdAt = this.now();
    const reply = {
      ...{ id: drawId(), operator, label, createdAt },
      expiresAt: createdAt + Math.round(days * 24 * 3600 * 1000),
    };
    const hash = hashOf(token);
    await this.access.addCredential({ ...reply, hash, kind: 'api-token', csrf: null });
    return { ...reply, token };
  }

  private async find(secret: string, kind: Credential['kind']): Promise<Credential | null> {
    const found = await this.access.credential(hashOf(secret), this.now());
    return found?.kind === kind ? found : null;
  }
}

/** Of what has 256 random bits: no salt and no cost would make it safer. */
function hashOf(secret: string): string {
  return contentHash(Buffer.from(secret));
}

/** A name for something that may be removed; no secret. */
export function drawId(): string {
  return randomBytes(8).toString('hex');
}
