/**
 * The store in PostgreSQL. All writes go through one connection; where a coordinator serves, that
 * connection holds a lock of the database for as long as it lives. A write whose connection broke is
 * therefore decided by the time the next coordinator gets the lock.
 */
import { FederationError } from '@fedhybnn/shared';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient, sql } from 'kysely';
import pg from 'pg';
import { migrate } from './migrate.js';
import { POSTGRES_TYPES } from './migrations.js';
import type { Tables } from './schema.js';
import { SqlStore } from './sql-store.js';
import type { Store } from './store.js';

export interface PostgresOptions {
  /** Only one store at a time may be open so: a coordinator that serves. */
  readonly exclusive?: boolean;
  /** Called once when the database cannot be reached any more. */
  readonly onLost?: (error: FederationError) => void;
}

/** "FHBN": the lock that says that a coordinator serves from this database. */
const LOCK = 0x46_48_42_4e;
/** How long the backend of a coordinator that was killed may take to notice. Milliseconds. */
const LOCK_PATIENCE_MS = 4000;
const READERS = 4;

/**
 * Opens (and migrates) the tables.
 * @param url `postgres://user:password@host:port/database`; other settings come from PG… variables
 * @throws FederationError `store-failed` if it cannot be reached or another coordinator has it
 */
export async function openPostgresStore(
  url: string,
  { exclusive = false, onLost }: PostgresOptions = {},
): Promise<Store> {
  let lost = false;
  const lose = (cause: unknown) => {
    if (lost || !exclusive) return;
    lost = true;
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `the connection to ${nameOf(url)} broke (${why}); once PostgreSQL is well, start again: what was acked is there`;
    onLost?.(new FederationError('store-lost', message, { cause }));
  };
  let connections = 0;
  const writer = poolOf(url, 1, async (client) => {
    if (!exclusive) return;
    // A second connection would write without the lock that the first one took.
    if (connections++ > 0) throw new Error('the connection that held the lock broke');
    client.on('error', lose);
    client.on('end', () => {
      if (!closing) lose('closed by the server');
    });
    await takeLock(client, url);
  });
  const readers = poolOf(url, READERS, async () => {});
  let closing = false;
  const db = kyselyOf(writer);
  const reader = kyselyOf(readers, (cause) => {
    throw unreadable(nameOf(url), cause);
  });
  const close = async () => {
    closing = true;
    await Promise.all([db.destroy(), reader.destroy()]);
  };
  try {
    await db.connection().execute(async () => {});
    await migrate(db, POSTGRES_TYPES, nameOf(url));
  } catch (cause) {
    await close().catch(() => {});
    if (cause instanceof FederationError) throw cause;
    throw new FederationError(
      'store-failed',
      `--database ${nameOf(url)}: ${cause instanceof Error ? cause.message : cause}; check the address, the user and that PostgreSQL runs`,
      { cause },
    );
  }
  const bytes = async () => {
    const { rows } = await sql<{
      bytes: number;
    }>`select pg_database_size(current_database()) as bytes`.execute(reader);
    return rows[0]?.bytes ?? 0;
  };
  return new SqlStore({ kind: 'postgres', db, reader, isRolledBack, bytes, close });
}

/** The tables alone, for a backup: closed by whoever opened it. */
export async function openPostgresDatabase(url: string): Promise<Kysely<Tables>> {
  const db = kyselyOf(poolOf(url, 1, async () => {}));
  await migrate(db, POSTGRES_TYPES, nameOf(url));
  return db;
}

/**
 * A read that fails because the database is not there is told as what it is: the same may be asked
 * again once PostgreSQL is well.
 */
function unreadable(place: string, cause: unknown): FederationError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const message = `the database ${place} cannot be read now (${why}); try again later`;
  return new FederationError('store-failed', message, { cause });
}

/**
 * A connection that broke in use is used no more: the server says goodbye before the socket closes,
 * and the next query in between would go to nobody.
 * @param away told why the database could not be asked; throws what whoever asked is to hear
 */
function kyselyOf(
  pool: pg.Pool,
  away: (cause: unknown) => never = (cause) => {
    throw cause;
  },
): Kysely<Tables> {
  const asked: PostgresPool = {
    async connect() {
      const client = await pool.connect().catch(away);
      let broken = false;
      const query = async (text: string, values: unknown[]) => {
        try {
          return await client.query(text, values);
        } catch (cause) {
          // The server has answered: it is there, and the query is wrong.
          if (isRolledBack(cause)) throw cause;
          broken = true;
          return away(cause);
        }
      };
      // Kysely's type has cursors besides, which need a dialect that knows them.
      return { query, release: () => client.release(broken) } as unknown as PostgresPoolClient;
    },
    end: () => pool.end(),
  };
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: asked }) });
}

function poolOf(
  url: string,
  max: number,
  onConnect: (client: pg.ClientBase) => Promise<void>,
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 0,
    keepAlive: true,
    application_name: 'fedhybnn-coordinator',
    types: { getTypeParser },
    async onConnect(client) {
      // Without a listener a connection that breaks in use would end the process, too: whoever waits
      // for its answer is told.
      client.on('error', () => {});
      // Acked means on disk, whatever the database's default is; a stronger one is left alone.
      await client.query(
        "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') in ('off', 'local')",
      );
      await onConnect(client);
    },
  });
  // Without a listener a broken idle connection would end the process.
  pool.on('error', () => {});
  return pool;
}

/** A bigint of ours is a time, a size or a sequence: far below 2⁵³. */
const getTypeParser: typeof pg.types.getTypeParser = ((oid: number, format?: never) =>
  oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)) as never;

async function takeLock(client: pg.ClientBase, url: string): Promise<void> {
  const end = performance.now() + LOCK_PATIENCE_MS;
  for (;;) {
    const { rows } = await client.query('select pg_try_advisory_lock($1) as taken', [LOCK]);
    if (rows[0]?.taken === true) return;
    if (performance.now() > end) {
      throw new FederationError(
        'store-failed',
        `--database ${nameOf(url)}: another coordinator serves from it; stop that one, or name another database`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The address without its password. */
function nameOf(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return `postgres://${host}${pathname}`;
  } catch {
    return 'postgres://…';
  }
}

/** The server says with a code that a transaction failed; when it says nothing, or goes, who knows. */
function isRolledBack(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false;
  const { code } = error;
  return code !== undefined && !/^(08|57|XX|58)/.test(code);
}
