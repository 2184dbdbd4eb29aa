import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Tokens } from './tokens.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fedhybnn-tokens-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const secretFile = () => join(folder, 'token-secret');
const claims = { task: 'digits', client: 'phone' };

describe('client tokens', () => {
  it('say who holds them, also after a restart', async () => {
    const token = await (await Tokens.open(folder, 60)).issue(claims);
    expect(await (await Tokens.open(folder, 60)).verify(token)).toEqual(claims);
  });

  it('are signed by 32 bytes that only the owner may read', async () => {
    await Tokens.open(folder, 60);
    expect(statSync(secretFile()).size).toBe(32);
    expect(statSync(secretFile()).mode & 0o777).toBe(0o600);
  });

  it('that have expired are refused, yet still good for joining again', async () => {
    const tokens = await Tokens.open(folder, 60);
    const past = Math.floor(Date.now() / 1000) - 100;
    const expired = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(claims.client)
      .setAudience(claims.task)
      .setExpirationTime(past)
      .sign(new Uint8Array(readFileSync(secretFile())));
    await expect(tokens.verify(expired)).rejects.toMatchObject({ code: 'token-expired' });
    expect(await tokens.verify(expired, true)).toEqual(claims);
  });

  it('that are missing, unsigned, changed or of another coordinator are refused', async () => {
    const tokens = await Tokens.open(folder, 60);
    const token = await tokens.issue(claims);
    const elsewhere = join(folder, 'elsewhere');
    await mkdir(elsewhere);
    const foreign = await (await Tokens.open(elsewhere, 60)).issue(claims);
    const unsigned = new UnsecuredJWT({ sub: 'phone', aud: 'digits' }).encode();
    const [head, , signature] = token.split('.');
    const body = Buffer.from('{"sub":"other","aud":"digits","exp":9999999999}');
    const changed = `${head}.${body.toString('base64url')}.${signature}`;
    for (const bad of [foreign, unsigned, changed, 'x', 'a.b.c']) {
      await expect(tokens.verify(bad)).rejects.toMatchObject({ code: 'token-invalid' });
      await expect(tokens.verify(bad, true)).rejects.toMatchObject({ code: 'token-invalid' });
    }
    await expect(tokens.verify(undefined)).rejects.toMatchObject({ code: 'token-missing' });
    await expect(tokens.verify('')).rejects.toMatchObject({ code: 'token-missing' });
  });

  it('never replace a secret that cannot be used: that would shut out every client', async () => {
    writeFileSync(secretFile(), 'short');
    await expect(Tokens.open(folder, 60)).rejects.toMatchObject({ code: 'data-folder' });
    expect(readFileSync(secretFile(), 'utf8')).toBe('short');
    await rm(secretFile());
    await mkdir(secretFile());
    await expect(Tokens.open(folder, 60)).rejects.toMatchObject({
      code: 'data-folder',
      message: expect.stringMatching(/token-secret: cannot be read/),
    });
  });
});
