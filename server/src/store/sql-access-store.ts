/** Who may do what, in SQL: clients and join codes. Operators: `sql-operator-store.ts`. */
import type { JoinCodeReply, Participant } from '@fedhybnn/shared';
import type { Transaction } from 'kysely';
import type { AccessStore, AdmissionOutcome, AdmissionRequest } from './access-store.js';
import type { Tables } from './schema.js';
import { SqlOperatorStore } from './sql-operator-store.js';

type Db = Transaction<Tables>;

export class SqlAccessStore extends SqlOperatorStore implements AccessStore {
  async admit(requests: readonly AdmissionRequest[], now: number): Promise<AdmissionOutcome[]> {
    return this.write(async (db) => {
      const outcomes: AdmissionOutcome[] = [];
      for (const request of requests) outcomes.push(await admitIn(db, request, now));
      return outcomes;
    });
  }

  async readmit(task: string, client: string, now: number): Promise<boolean> {
    return this.write(async (db) => {
      await db
        .insertInto('clients')
        .values({ task, client, key: null, joined_at: now, banned: 0 })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return (await clientIn(db, task, client))?.banned === 0;
    });
  }

  async isBanned(task: string, client: string): Promise<boolean> {
    const row = await this.reader
      .selectFrom('clients')
      .select('banned')
      .where('task', '=', task)
      .where('client', '=', client)
      .executeTakeFirst();
    return row?.banned === 1;
  }

  async ban(task: string, client: string): Promise<boolean> {
    const { numUpdatedRows } = await this.write((db) =>
      db
        .updateTable('clients')
        .set({ banned: 1 })
        .where('task', '=', task)
        .where('client', '=', client)
        .executeTakeFirst(),
    );
    return numUpdatedRows === 1n;
  }

  async participants(task: string, after: string, limit: number): Promise<Participant[]> {
    const rows = await this.reader
      .selectFrom('clients')
      .leftJoin('updates', (join) =>
        join
          .onRef('updates.task', '=', 'clients.task')
          .onRef('updates.client', '=', 'clients.client'),
      )
      .select(({ fn }) => [
        'clients.client',
        'clients.joined_at',
        'clients.banned',
        fn.count<number>('updates.round').as('updates'),
        fn.max('updates.round').as('last_round'),
      ])
      .where('clients.task', '=', task)
      .where('clients.client', '>', after)
      .groupBy(['clients.client', 'clients.joined_at', 'clients.banned'])
      .orderBy('clients.client')
      .limit(limit)
      .execute();
    return rows.map(({ client, joined_at, banned, updates, last_round }) => ({
      client,
      joinedAt: joined_at,
      updates,
      lastRound: last_round ?? null,
      banned: banned === 1,
    }));
  }

  async addJoinCode(code: JoinCodeReply & { readonly hash: string }): Promise<void> {
    const { id, hash, task, label, uses, maxUses, createdAt, expiresAt } = code;
    const times = { created_at: createdAt, expires_at: expiresAt };
    await this.write((db) =>
      db
        .insertInto('join_codes')
        .values({ id, hash, task, label, uses, max_uses: maxUses, ...times })
        .execute(),
    );
  }

  async joinCodes(task: string): Promise<JoinCodeReply[]> {
    const rows = await this.reader
      .selectFrom('join_codes')
      .selectAll()
      .where('task', '=', task)
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .execute();
    return rows.map(({ id, label, uses, max_uses, created_at, expires_at }) => ({
      ...{ id, task, label, uses },
      ...{ maxUses: max_uses, createdAt: created_at, expiresAt: expires_at },
    }));
  }

  async removeJoinCode(task: string, id: string): Promise<boolean> {
    const { numDeletedRows } = await this.write((db) =>
      db.deleteFrom('join_codes').where('task', '=', task).where('id', '=', id).executeTakeFirst(),
    );
    return numDeletedRows === 1n;
  }
}

async function admitIn(
  db: Db,
  { task, client, key, code }: AdmissionRequest,
  now: number,
): Promise<AdmissionOutcome> {
  // First: a write, so that two who ask at once come one after the other in every database.
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('clients')
    .values({ task, client, key, joined_at: now, banned: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) {
    // Whoever repeats a lost request is known, and pays no second time.
    const known = await clientIn(db, task, client);
    if (key === null || known?.key !== key) return 'taken';
    return known.banned === 0 ? 'joined' : 'banned';
  }
  const use = code === null ? 'used' : await useCode(db, task, code, now);
  if (use === 'used') return 'joined';
  await db.deleteFrom('clients').where('task', '=', task).where('client', '=', client).execute();
  return use;
}

async function useCode(
  db: Db,
  task: string,
  hash: string,
  now: number,
): Promise<'used' | 'code-unknown' | 'code-expired' | 'code-used-up'> {
  const { numUpdatedRows } = await db
    .updateTable('join_codes')
    .set(({ eb }) => ({ uses: eb('uses', '+', 1) }))
    .where('hash', '=', hash)
    .where('task', '=', task)
    .where('expires_at', '>', now)
    .whereRef('uses', '<', 'max_uses')
    .executeTakeFirst();
  if (numUpdatedRows === 1n) return 'used';
  const found = await db
    .selectFrom('join_codes')
    .select('expires_at')
    .where('hash', '=', hash)
    .where('task', '=', task)
    .executeTakeFirst();
  if (found === undefined) return 'code-unknown';
  return found.expires_at <= now ? 'code-expired' : 'code-used-up';
}

function clientIn(db: Db, task: string, client: string) {
  return db
    .selectFrom('clients')
    .select(['key', 'banned'])
    .where('task', '=', task)
    .where('client', '=', client)
    .executeTakeFirst();
}
