import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { accessStoreContract } from './access-store.contract.js';
import { openEmbeddedStore } from './embedded-store.js';
import { storeContract } from './store.contract.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fedhybnn-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

storeContract('SQLite by libsql', () => openEmbeddedStore(folder));
accessStoreContract('SQLite by libsql', () => openEmbeddedStore(folder));

it('waits for another process that has the database for a moment', async () => {
  // A database as it lies there before anybody has opened it, locked as by a recovery of its log.
  const holder = `
    const Database = require('libsql');
    const database = new Database(process.argv[1]);
    database.exec('create table if not exists t (a); begin exclusive');
    console.log('locked');
    setTimeout(() => { database.exec('commit'); process.exit(0); }, 700);
  `;
  const file = join(folder, 'coordinator.db');
  const child = spawn(process.execPath, ['-e', holder, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const store = await openEmbeddedStore(folder);
  expect(await store.tasks()).toEqual([]);
  await store.close();
});

it('says which file it is that cannot be opened, and what to do', async () => {
  writeFileSync(join(folder, 'coordinator.db'), 'no database, but long enough to be taken for one');
  await expect(openEmbeddedStore(folder)).rejects.toMatchObject({
    code: 'store-failed',
    message: expect.stringMatching(
      /coordinator\.db cannot be opened \(.*not a database.*\); .*disk/,
    ),
  });
});
