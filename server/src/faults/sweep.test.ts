import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, postgresMissing, startPostgres } from '../testing/postgres-server.js';
import { sweep } from './sweep.js';

/** Why no process can be killed at a system call here, or null. */
function straceMissing(): string | null {
  const trial = spawnSync('strace', ['-qq', '-o', '/dev/null', '-e', 'trace=fsync', 'true']);
  return trial.status === 0 ? null : 'needs strace, and the right to trace';
}

const withoutStrace = straceMissing();
const withoutPostgres = postgresMissing();
const why = (missing: string | null) => (missing === null ? '' : ` (${missing})`);

describe('a coordinator that is killed', () => {
  it('at any moment, keeps what it promised', { timeout: 60_000 }, async () => {
    const report = await sweep({ kind: 'random', kills: 4, seed: 5 });
    expect(report).toMatchObject({ kills: 4, violations: [] });
    expect(report.acked).toBeGreaterThan(4);
  });

  it.skipIf(withoutStrace !== null)(
    `at a sync of the disk, keeps what it promised${why(withoutStrace)}`,
    { timeout: 60_000 },
    async () => {
      const report = await sweep({ kind: 'sync', kills: 6, seed: 5 });
      expect(report).toMatchObject({ kills: 6, violations: [] });
    },
  );
});

describe.skipIf(withoutPostgres !== null)(`on PostgreSQL${why(withoutPostgres)}`, () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());

  it('a coordinator that is killed keeps what it promised', { timeout: 60_000 }, async () => {
    const report = await sweep({ kind: 'random', kills: 4, seed: 5, postgres });
    expect(report).toMatchObject({ kills: 4, violations: [] });
  });
});
