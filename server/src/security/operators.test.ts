import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../store/embedded-store.js';
import type { Store } from '../store/store.js';
import { Operators, SESSION_MS } from './operators.js';
import { hashPassword } from './passwords.js';

let folder: string;
let store: Store;
let now = 1_000_000;
let operators: Operators;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fedhybnn-operators-'));
  store = await openEmbeddedStore(folder);
  now = 1_000_000;
  operators = new Operators(store.access, () => now);
  await store.access.addOperator('anna', await hashPassword('correct horse battery'), now);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('sessions', () => {
  it('end by themselves, and are forgotten at the next login', async () => {
    const { secret, expiresAt } = await operators.login('anna', 'correct horse battery');
    expect(expiresAt).toBe(now + SESSION_MS);
    now += SESSION_MS - 1;
    expect(await operators.session(secret)).toMatchObject({ operator: 'anna' });
    now += 1;
    expect(await operators.session(secret)).toBeNull();
    await operators.login('anna', 'correct horse battery');
    now = 0;
    expect(await operators.session(secret)).toBeNull();
  });

  it('are no API tokens, and API tokens are no sessions', async () => {
    const { secret } = await operators.login('anna', 'correct horse battery');
    const { token } = await operators.createApiToken('anna', 'ci', 1);
    expect(await operators.apiToken(secret)).toBeNull();
    expect(await operators.session(token)).toBeNull();
    expect(await operators.apiToken(token)).toMatchObject({ label: 'ci', csrf: null });
    now += 24 * 3600 * 1000;
    expect(await operators.apiToken(token)).toBeNull();
  });

  it('leave nothing in the database with which somebody could log in', async () => {
    const { secret, csrf } = await operators.login('anna', 'correct horse battery');
    const { token } = await operators.createApiToken('anna', 'ci', 1);
    await store.close();
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
    const holds = (text: string) => files.some((bytes) => bytes.includes(text));
    expect(holds('anna')).toBe(true);
    for (const text of [secret, token, 'correct horse']) expect(holds(text)).toBe(false);
    // The token against forged requests is worth nothing without the session.
    expect(holds(csrf)).toBe(true);
    store = await openEmbeddedStore(folder);
  });
});
