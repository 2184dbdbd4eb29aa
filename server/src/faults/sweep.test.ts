import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { postgresMissing, startPostgres } from '../testing/postgres-server.js';
import { straceMissing } from './coordinator-process.js';
import { drawFault, everySync } from './next-fault.js';
import { sweep } from './sweep.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fedhybnn-faults-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const nothingBroken = { lost: 0, problems: [] };

/** A test that needs something of the machine; skipped, its name says why. */
const needing = (missing: string | null) => (missing === null ? it : it.skip);
const named = (name: string, missing: string | null) =>
  missing === null ? name : `${name} (${missing})`;

describe('a coordinator that is killed', () => {
  const strace = straceMissing();
  needing(strace)(
    named('at its syncs of the disk loses nothing, counts nothing twice, starts again', strace),
    async () => {
      const summary = await sweep({ kind: 'sync', kills: 6, seed: 2, folder });
      expect(summary).toMatchObject({ ...nothingBroken, kills: 6 });
      expect(summary.acked).toBeGreaterThan(0);
      expect(summary.faults['file-sync']).toBeGreaterThan(0);
      expect(summary.faults['database-sync']).toBeGreaterThan(0);
      expect(summary.invariants).toEqual({
        ...{ I1: 'held', I2: 'held', I3: 'held', I4: 'held', I5: 'held' },
      });
    },
    180_000,
  );

  needing(strace)(
    named('or whose disk fails goes on or stops, says why, and loses nothing', strace),
    async () => {
      const summary = await sweep({ kind: 'disk', kills: 4, seed: 3, folder });
      expect(summary).toMatchObject({ ...nothingBroken, kills: 4 });
      expect(summary.acked).toBeGreaterThan(0);
    },
    120_000,
  );

  it('at random moments loses nothing either', async () => {
    const summary = await sweep({ kind: 'random', kills: 4, seed: 4, folder });
    expect(summary).toMatchObject({ ...nothingBroken, kills: 4 });
    expect(summary.acked).toBeGreaterThan(0);
  }, 120_000);

  const postgres = postgresMissing();
  needing(postgres)(
    named('or whose PostgreSQL is, stops rather than guesses, and loses nothing', postgres),
    async () => {
      const server = await startPostgres();
      try {
        // Seed 5 draws a kill of the database within its first four.
        const database = () => server.database();
        const summary = await sweep({ kind: 'postgres', kills: 4, seed: 5, folder, database });
        expect(summary).toMatchObject({ ...nothingBroken, kills: 4 });
        expect(summary.faults.backend).toBeGreaterThan(0);
        expect(summary.acked).toBeGreaterThan(0);
      } finally {
        await server.stop();
      }
    },
    180_000,
  );
});

describe('the faults of a sweep', () => {
  it('are the same for the same seed, and others for another', () => {
    const drawn = (seed: number) =>
      Array.from({ length: 50 }, (_, n) => drawFault('sync', seed, n));
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
  });

  it('visit both sides of each sync of a file', () => {
    expect([1, 2, 3, 4].map((nth) => everySync('file-sync', nth))).toEqual([
      { at: 'file-sync', nth: 1, side: 'before' },
      { at: 'file-sync', nth: 1, side: 'after' },
      { at: 'file-sync', nth: 2, side: 'before' },
      { at: 'file-sync', nth: 2, side: 'after' },
    ]);
  });
});
