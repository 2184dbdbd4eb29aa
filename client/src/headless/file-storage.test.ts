import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredClient } from '../sdk/index.js';
import { FileStorage } from './file-storage.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fedhybnn-state-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const client: StoredClient = {
  taskHash: 'a'.repeat(64),
  client: 'c-1',
  token: 'secret',
  expiresAt: 12.5,
};

describe('FileStorage', () => {
  it('loads what was saved, whatever the outbox holds', async () => {
    const path = join(folder, 'deep', 'round-trip.json');
    const frame = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(
        fc.option(frame, { nil: undefined }),
        fc.nat(1_000_000),
        async (f, round) => {
          const header = { round, base: 'b'.repeat(64), digest: 'c'.repeat(64) };
          const saved = f ? { ...client, pending: { header, frame: f } } : client;
          await new FileStorage(path).save(saved);
          expect(await new FileStorage(path).load()).toEqual(saved);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('holds nothing before the first save', async () => {
    expect(await new FileStorage(join(folder, 'none.json')).load()).toBeUndefined();
  });

  it('is readable by its owner only, and leaves no other file', async () => {
    const own = await mkdtemp(join(folder, 'own-'));
    const path = join(own, 'client.json');
    await new FileStorage(path).save(client);
    await new FileStorage(path).save(client);
    expect((await stat(path)).mode & 0o077).toBe(0);
    expect(await readdir(own)).toEqual(['client.json']);
  });

  it.each([
    ['cut off', '{"version":1,"client":', 'not JSON'],
    ['of another version', JSON.stringify({ version: 2, ...client }), '"version"'],
    ['without a token', JSON.stringify({ version: 1, ...client, token: undefined }), '"token"'],
    [
      'with a frame that is no base64',
      JSON.stringify({
        ...{ version: 1, ...client },
        pending: { header: { round: 1, base: 'b'.repeat(64), digest: 'c'.repeat(64) }, frame: '?' },
      }),
      '"pending.frame"',
    ],
  ])('moves a file %s aside, says so, and starts anew', async (name, text, what) => {
    const path = join(folder, `${name.replaceAll(' ', '-')}.json`);
    await writeFile(path, text);
    const warnings: string[] = [];
    const storage = new FileStorage(path, (message) => warnings.push(message));
    expect(await storage.load()).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining(what)]);
    expect(warnings[0]).toContain(`moved to ${path}.corrupt`);
    expect(await readFile(`${path}.corrupt`, 'utf8')).toBe(text);
    await storage.save(client);
    expect(await storage.load()).toEqual(client);
  });

  it('names the folder that cannot be written, and the remedy', async () => {
    const blocked = join(folder, 'file-not-folder');
    await writeFile(blocked, '');
    await expect(new FileStorage(join(blocked, 'client.json')).save(client)).rejects.toMatchObject({
      code: 'data-folder',
      message: expect.stringMatching(/--state: .*file-not-folder.* choose another folder/),
    });
  });

  it.skipIf(process.getuid?.() === 0)(
    'names the file that cannot be read (needs a user other than root)',
    async () => {
      const path = join(folder, 'unreadable.json');
      await writeFile(path, '');
      await chmod(path, 0);
      await expect(new FileStorage(path).load()).rejects.toMatchObject({ code: 'data-folder' });
    },
  );
});
