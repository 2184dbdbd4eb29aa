/** Accepted updates as rows; see the methods of `Store` of the same purpose. */
import { FederationError, type Receipt } from '@fedhybnn/shared';
import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './schema.js';
import type { NewUpdate, StoredUpdate } from './store.js';

/** Rows of one statement: far below the parameters that a statement may have. */
const INSERT_ROWS = 1000;

/** In the transaction given. @returns the sequences, in the order of the updates */
export async function insertUpdates(
  db: Transaction<Tables>,
  updates: readonly NewUpdate[],
): Promise<number[]> {
  const sequences = new Map<string, number>();
  for (let i = 0; i < updates.length; i += INSERT_ROWS) {
    const rows = await db
      .insertInto('updates')
      .values(
        updates
          .slice(i, i + INSERT_ROWS)
          .map((update) => ({ ...update, frame: asBuffer(update.frame) })),
      )
      .returning(['task', 'round', 'client', 'sequence'])
      .execute();
    for (const row of rows) sequences.set(nameOf(row), row.sequence);
  }
  return updates.map((update) => sequences.get(nameOf(update)) ?? missing(update));
}

export async function findReceipt(
  db: Kysely<Tables>,
  task: string,
  round: number,
  client: string,
): Promise<Receipt | null> {
  const row = await db
    .selectFrom('updates')
    .select(['sequence', 'digest'])
    .where('task', '=', task)
    .where('round', '=', round)
    .where('client', '=', client)
    .executeTakeFirst();
  return row ?? null;
}

export async function updatesOf(
  db: Kysely<Tables>,
  task: string,
  round: number,
  after = '',
  limit?: number,
): Promise<StoredUpdate[]> {
  const all = db
    .selectFrom('updates')
    .selectAll()
    .where('task', '=', task)
    .where('round', '=', round)
    .where('client', '>', after)
    .orderBy('client');
  const rows = await (limit === undefined ? all : all.limit(limit)).execute();
  return rows.map((row) => ({ ...row, frame: new Uint8Array(row.frame) }));
}

/** Client → digest. */
export async function digestsOf(
  db: Kysely<Tables>,
  task: string,
  round: number,
): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('updates')
    .select(['client', 'digest'])
    .where('task', '=', task)
    .where('round', '=', round)
    .orderBy('client')
    .execute();
  return new Map(rows.map(({ client, digest }) => [client, digest]));
}

/** The last round that somebody sent an update of, or 0. */
export async function lastUpdateRound(db: Kysely<Tables>, task: string): Promise<number> {
  const row = await db
    .selectFrom('updates')
    .select((eb) => eb.fn.max('round').as('round'))
    .where('task', '=', task)
    .executeTakeFirst();
  return row?.round ?? 0;
}

/** The same bytes, not a copy. */
function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, length);
}

function nameOf({ task, round, client }: Pick<NewUpdate, 'task' | 'round' | 'client'>): string {
  return `${task}/${round}/${client}`;
}

function missing({ task, round, client }: NewUpdate): never {
  throw new FederationError(
    'internal',
    `task ${task}, round ${round}: the database gave no sequence for the update of ${client}`,
  );
}
