/** Published rounds as rows; see the methods of `Store` of the same purpose. */
import { FederationError, screenedCount, type Verdicts } from '@fedhybnn/shared';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Tables } from './schema.js';
import type { JournalEntry, RoundTimes, RoundTotals } from './store.js';

/** In the transaction given. */
export async function insertEntry(
  db: Transaction<Tables>,
  task: string,
  entry: JournalEntry,
): Promise<void> {
  await db
    .insertInto('journal')
    .values({
      task,
      round: entry.round,
      step: entry.step,
      model: entry.model,
      tally: entry.tally,
      chain: entry.chain,
      counted: entry.counted,
      accuracy: entry.accuracy,
      uplink_bytes: entry.uplinkBytes,
      downlink_bytes: entry.downlinkBytes,
      verdicts: entry.verdicts === null ? null : JSON.stringify(entry.verdicts),
      rolled_back: entry.rolledBack ? 1 : 0,
      published_at: Date.now(),
    })
    .execute();
  // After the insertion: a transaction that writes first never has to give up for another's.
  const before = await roundBefore(db, task, entry.round);
  if (entry.round !== before + 1) {
    throw new FederationError(
      'invariant-broken',
      `task ${task}: round ${entry.round} cannot be published after round ${before} (I5)`,
    );
  }
  await db
    .updateTable('attempts')
    .set({ outcome: 'published' })
    .where('task', '=', task)
    .where('round', '=', entry.round)
    .where('outcome', '=', 'open')
    .execute();
}

export async function entriesAfter(
  db: Kysely<Tables>,
  task: string,
  after: number,
  limit: number,
): Promise<JournalEntry[]> {
  const rows = await db
    .selectFrom('journal')
    .selectAll()
    .where('task', '=', task)
    .where('round', '>', after)
    .orderBy('round')
    .limit(limit)
    .execute();
  return rows.map(entryOf);
}

export async function latestEntry(db: Kysely<Tables>, task: string): Promise<JournalEntry | null> {
  const row = await db
    .selectFrom('journal')
    .selectAll()
    .where('task', '=', task)
    .orderBy('round', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : entryOf(row);
}

export async function roundTimes(
  db: Kysely<Tables>,
  task: string,
  after: number,
  limit: number,
): Promise<RoundTimes[]> {
  return db
    .selectFrom('journal')
    .leftJoin('attempts', (join) =>
      join
        .onRef('attempts.task', '=', 'journal.task')
        .onRef('attempts.round', '=', 'journal.round'),
    )
    .select(({ fn }) => [
      'journal.round',
      'journal.published_at as publishedAt',
      fn.max('attempts.opened_at').as('openedAt'),
    ])
    .where('journal.task', '=', task)
    .where('journal.round', '>', after)
    .groupBy(['journal.round', 'journal.published_at'])
    .orderBy('journal.round')
    .limit(limit)
    .execute();
}

export async function roundTotals(db: Kysely<Tables>, task: string): Promise<RoundTotals> {
  const total = await db
    .selectFrom('journal')
    .select([
      sql<number | null>`sum(counted)`.as('counted'),
      sql<number | null>`sum(uplink_bytes)`.as('uplinkBytes'),
      sql<number | null>`sum(downlink_bytes * counted)`.as('downlinkBytes'),
    ])
    .where('task', '=', task)
    .executeTakeFirstOrThrow();
  // PostgreSQL's sums have any number of digits, and come as text.
  return {
    counted: Number(total.counted ?? 0),
    uplinkBytes: Number(total.uplinkBytes ?? 0),
    downlinkBytes: Number(total.downlinkBytes ?? 0),
  };
}

async function roundBefore(db: Kysely<Tables>, task: string, round: number): Promise<number> {
  const row = await db
    .selectFrom('journal')
    .select((eb) => eb.fn.max('round').as('round'))
    .where('task', '=', task)
    .where('round', '<', round)
    .executeTakeFirst();
  return row?.round ?? 0;
}

function entryOf(row: Selectable<Tables['journal']>): JournalEntry {
  const verdicts = row.verdicts === null ? null : (JSON.parse(row.verdicts) as Verdicts);
  return {
    round: row.round,
    step: row.step,
    model: row.model,
    tally: row.tally,
    chain: row.chain,
    counted: row.counted,
    accuracy: row.accuracy,
    uplinkBytes: row.uplink_bytes,
    downlinkBytes: row.downlink_bytes,
    verdicts,
    ...(verdicts !== null && { screened: screenedCount(verdicts) }),
    ...(row.rolled_back === 1 && { rolledBack: true }),
  };
}
