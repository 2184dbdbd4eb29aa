import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
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
