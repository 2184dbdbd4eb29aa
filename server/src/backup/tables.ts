/** Rows from one database to another, whichever back ends they are: a backup, and the way back. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Tables } from '../store/schema.js';

/** The primary key of each table, by which its rows are walked; parents before their children. */
const KEYS: Readonly<Record<keyof Tables, readonly string[]>> = {
  tasks: ['id'],
  attempts: ['task', 'round', 'attempt'],
  updates: ['sequence'],
  journal: ['task', 'round'],
  files: ['sha256'],
  clients: ['task', 'client'],
  join_codes: ['id'],
  operators: ['name'],
  credentials: ['id'],
  audit: ['sequence'],
};

/** Rows in memory at a time: frames may be large. */
const PAGE = 100;

type Row = Readonly<Record<string, unknown>>;

const tableNames = Object.keys(KEYS) as (keyof Tables)[];

/** True where no table has a row. */
export async function isEmpty(db: Kysely<Tables>): Promise<boolean> {
  for (const table of tableNames) {
    const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(db);
    if (rows.length > 0) return false;
  }
  return true;
}

/** Copies all rows; both sides should be transactions, so that it is all or nothing. */
export async function copyTables(from: Kysely<Tables>, to: Kysely<Tables>): Promise<void> {
  for (const table of tableNames) {
    const keys = KEYS[table];
    let page = await pageOf(from, table, keys, undefined);
    while (page.length > 0) {
      await insert(to, table, page);
      page = await pageOf(from, table, keys, page[page.length - 1]);
    }
  }
}

async function pageOf(
  db: Kysely<Tables>,
  table: string,
  keys: readonly string[],
  last: Row | undefined,
): Promise<Row[]> {
  const key = sql.join(keys.map((name) => sql.ref(name)));
  const after: RawBuilder<unknown> =
    last === undefined
      ? sql``
      : sql`where (${key}) > (${sql.join(keys.map((name) => sql.val(last[name])))})`;
  const { rows } = await sql<Row>`
    select * from ${sql.table(table)} ${after} order by ${key} limit ${sql.lit(PAGE)}
  `.execute(db);
  return rows;
}

async function insert(db: Kysely<Tables>, table: string, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0]);
  const names = sql.join(columns.map((name) => sql.ref(name)));
  const values = rows.map((row) => sql`(${sql.join(columns.map((name) => parameter(row[name])))})`);
  await sql`insert into ${sql.table(table)} (${names}) values ${sql.join(values)}`.execute(db);
}

/** libsql gives blobs as ArrayBuffers, and takes them as Buffers alone. */
function parameter(value: unknown): RawBuilder<unknown> {
  return sql.val(value instanceof ArrayBuffer ? Buffer.from(value) : value);
}
