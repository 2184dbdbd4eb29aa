import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type PostgresServer,
  postgresMissing,
  query,
  startPostgres,
} from '../testing/postgres-server.js';
import { until } from '../testing/tiny-federation.js';
import { accessStoreContract } from './access-store.contract.js';
import { openPostgresDatabase, openPostgresStore } from './postgres-store.js';
import { storeContract } from './store.contract.js';
import type { TaskRecord } from './store.js';

const missing = postgresMissing();

describe.skipIf(missing !== null)(`PostgreSQL${missing === null ? '' : ` (${missing})`}`, () => {
  let server: PostgresServer;
  let url: string;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    url = await server.database();
  });

  storeContract('PostgreSQL', () => openPostgresStore(url, { exclusive: true }));
  accessStoreContract('PostgreSQL', () => openPostgresStore(url, { exclusive: true }));

  const update = (client: string) => ({
    ...{ task: 'digits', round: 1, client, digest: client.padEnd(64, '0') },
    frame: new Uint8Array([1, 2, 3]),
  });
  const task: TaskRecord = {
    ...{ id: 'digits', document: '{}', hash: 'a'.repeat(64), initialModel: 'b'.repeat(64) },
    ...{ evaluation: null, phase: 'WAITING' as const, replayFrom: 0 },
    admission: 'open',
  };

  it('serves one coordinator at a time; others may still add tasks and read', async () => {
    const first = await openPostgresStore(url, { exclusive: true });
    await expect(openPostgresStore(url, { exclusive: true })).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringMatching(/another coordinator serves from it/),
    });
    const beside = await openPostgresStore(url);
    await beside.createTask(task);
    expect(await first.tasks()).toEqual([task]);
    await first.close();
    const second = await openPostgresStore(url, { exclusive: true });
    await Promise.all([second.close(), beside.close()]);
  });

  it('writes no more once its connection broke, and says that the outcome is open', async () => {
    let lost: { code: string } | undefined;
    const store = await openPostgresStore(url, {
      exclusive: true,
      onLost: (error) => {
        lost = error;
      },
    });
    await store.createTask(task);
    await store.commitUpdates([update('a')]);
    await query(
      url,
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'fedhybnn-coordinator'",
    );
    await until(() => lost !== undefined, 'the loss to be noticed');
    expect(lost?.code).toBe('store-lost');
    await expect(store.commitUpdates([update('b')])).rejects.toMatchObject({ code: 'store-lost' });
    await store.close().catch(() => {});
    const next = await openPostgresStore(url, { exclusive: true });
    expect([...(await next.accepted('digits', 1)).keys()]).toEqual(['a']);
    await next.close();
  });

  it('tells whoever reads when the connection breaks, and reads on by another', async () => {
    const store = await openPostgresStore(url);
    await store.createTask(task);
    const db = await openPostgresDatabase(url);
    const broken = expect(sql`select pg_sleep(60)`.execute(db)).rejects.toThrow(/terminat/);
    const asleep = "application_name = 'fedhybnn-coordinator' and query like '%pg_sleep(60)%'";
    const backends = `select pid from pg_stat_activity where ${asleep}`;
    await until(async () => (await query(url, backends)).length === 1, 'the query to run');
    await query(url, `select pg_terminate_backend(pid) from pg_stat_activity where ${asleep}`);
    await broken;
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
    await Promise.all([store.close(), db.destroy()]);
  });

  it('says of a read that the database is away, and reads on once it is back', async () => {
    const name = new URL(url).pathname.slice(1);
    const store = await openPostgresStore(url);
    await store.createTask(task);
    await query(url.replace(name, 'postgres'), `alter database ${name} allow_connections false`);
    await query(
      url.replace(name, 'postgres'),
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
    );
    await expect(store.latest('digits')).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringMatching(/cannot be read now .*; try again later$/),
    });
    await query(url.replace(name, 'postgres'), `alter database ${name} allow_connections true`);
    expect(await store.latest('digits')).toBeNull();
    await store.close();
  });

  it('syncs its commits where the database by default does not', async () => {
    const name = new URL(url).pathname.slice(1);
    await query(url, `alter database ${name} set synchronous_commit = off`);
    expect(await query(url, 'show synchronous_commit')).toEqual([{ synchronous_commit: 'off' }]);
    const db = await openPostgresDatabase(url);
    const { rows } = await sql`show synchronous_commit`.execute(db);
    expect(rows).toEqual([{ synchronous_commit: 'on' }]);
    await db.destroy();
  });

  it('says where the database is not, without its password', async () => {
    const wrong = 'postgres://someone:secret@127.0.0.1:1/none';
    await expect(openPostgresStore(wrong)).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringMatching(/^--database postgres:\/\/127\.0\.0\.1:1\/none: (?!.*secret)/),
    });
  });
});
