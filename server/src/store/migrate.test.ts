import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from './embedded-store.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fedhybnn-migrate-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a statement behind the store's back. */
function directly(statement: string): void {
  const database = new Database(join(folder, 'coordinator.db'));
  database.exec(statement);
  database.close();
}

describe('the migrations of the embedded store', () => {
  it('that stop in the middle leave nothing behind, and run again', async () => {
    // In the way of the last table of the first migration.
    directly('create table clients (mine integer)');
    await expect(openEmbeddedStore(folder)).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringMatching(/coordinator\.db cannot be brought up to date \(.*clients/),
    });
    directly('drop table clients');
    const store = await openEmbeddedStore(folder);
    expect(await store.tasks()).toEqual([]);
    await store.close();
  });

  it('are done once by several processes that find them to do', async () => {
    const open = `
      const { openEmbeddedStore } = await import(process.argv[1]);
      const store = await openEmbeddedStore(process.argv[2]);
      console.log((await store.tasks()).length);
      await store.close();
    `;
    const built = new URL('../../dist/store/embedded-store.js', import.meta.url).href;
    const run = promisify(execFile);
    const args = ['--input-type=module', '-e', open, built, folder];
    const all = await Promise.all([1, 2, 3, 4].map(() => run(process.execPath, args)));
    expect(all.map(({ stdout }) => stdout)).toEqual(Array(4).fill('0\n'));
  });

  it('do not hold others up where there is nothing to do', async () => {
    const first = await openEmbeddedStore(folder);
    const database = new Database(join(folder, 'coordinator.db'));
    database.exec('begin immediate');
    // Reads the state of the migrations, and no more: else it would wait for the writer.
    const second = await openEmbeddedStore(folder);
    expect(await second.tasks()).toEqual([]);
    database.exec('commit');
    database.close();
    await second.close();
    await first.close();
  });
});
