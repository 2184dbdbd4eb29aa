import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataFolder } from './data-folder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fedhybnn-lock-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the lock of a data folder', () => {
  it('is held by one at a time, and free once it is released', () => {
    const lock = lockDataFolder(folder);
    expect(() => lockDataFolder(folder)).toThrow(/another coordinator uses it; stop that one/);
    lock.release();
    lockDataFolder(folder).release();
  });

  it('that cannot be taken for another reason is not blamed on another coordinator', () => {
    writeFileSync(join(folder, 'coordinator.lock'), 'x'.repeat(4096));
    expect(() => lockDataFolder(folder)).toThrow(
      expect.objectContaining({
        code: 'data-folder',
        message: expect.stringMatching(/coordinator\.lock cannot be locked \(.*not a database/),
      }),
    );
  });
});
