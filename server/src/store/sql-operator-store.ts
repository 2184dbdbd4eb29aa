/** Operators, their sessions and tokens, and what they did, in SQL. */
import type { ApiTokenReply, AuditEntry } from '@fedhybnn/shared';
import type { Kysely, Transaction } from 'kysely';
import type { Credential, NewAuditEntry, NewCredential } from './access-store.js';
import { type Backend, transact } from './backend.js';
import type { Tables } from './schema.js';

export class SqlOperatorStore {
  protected readonly reader: Kysely<Tables>;

  constructor(protected readonly backend: Backend) {
    this.reader = backend.reader;
  }

  async addOperator(name: string, password: string, now: number): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await this.write((db) =>
      db
        .insertInto('operators')
        .values({ name, password, created_at: now })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst(),
    );
    return numInsertedOrUpdatedRows === 1n;
  }

  async setPassword(name: string, password: string): Promise<boolean> {
    return this.write(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('operators')
        .set({ password })
        .where('name', '=', name)
        .executeTakeFirst();
      await db
        .deleteFrom('credentials')
        .where('operator', '=', name)
        .where('kind', '=', 'session')
        .execute();
      return numUpdatedRows === 1n;
    });
  }

  async password(name: string): Promise<string | null> {
    const row = await this.reader
      .selectFrom('operators')
      .select('password')
      .where('name', '=', name)
      .executeTakeFirst();
    return row?.password ?? null;
  }

  async operators(): Promise<{ name: string; createdAt: number }[]> {
    const rows = await this.reader
      .selectFrom('operators')
      .select(['name', 'created_at'])
      .orderBy('name')
      .execute();
    return rows.map(({ name, created_at }) => ({ name, createdAt: created_at }));
  }

  async removeOperator(name: string): Promise<boolean> {
    const { numDeletedRows } = await this.write((db) =>
      db.deleteFrom('operators').where('name', '=', name).executeTakeFirst(),
    );
    return numDeletedRows === 1n;
  }

  async addCredential(credential: NewCredential): Promise<void> {
    const { createdAt, expiresAt, ...rest } = credential;
    await this.write((db) =>
      db
        .insertInto('credentials')
        .values({ ...rest, created_at: createdAt, expires_at: expiresAt })
        .execute(),
    );
  }

  async credential(hash: string, now: number): Promise<Credential | null> {
    const row = await this.reader
      .selectFrom('credentials')
      .selectAll()
      .where('hash', '=', hash)
      .where('expires_at', '>', now)
      .executeTakeFirst();
    if (row === undefined) return null;
    const { id, kind, operator, label, csrf, created_at, expires_at } = row;
    return { id, kind, operator, label, csrf, createdAt: created_at, expiresAt: expires_at };
  }

  async apiTokens(): Promise<ApiTokenReply[]> {
    const rows = await this.reader
      .selectFrom('credentials')
      .select(['id', 'operator', 'label', 'created_at', 'expires_at'])
      .where('kind', '=', 'api-token')
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .execute();
    return rows.map(({ created_at, expires_at, ...rest }) => ({
      ...rest,
      createdAt: created_at,
      expiresAt: expires_at,
    }));
  }

  async removeCredential(id: string): Promise<boolean> {
    const { numDeletedRows } = await this.write((db) =>
      db.deleteFrom('credentials').where('id', '=', id).executeTakeFirst(),
    );
    return numDeletedRows === 1n;
  }

  async removeExpired(now: number): Promise<void> {
    await this.write((db) => db.deleteFrom('credentials').where('expires_at', '<=', now).execute());
  }

  async addAudit(entry: NewAuditEntry): Promise<void> {
    await this.write((db) => db.insertInto('audit').values(entry).execute());
  }

  audit(before: number, limit: number): Promise<AuditEntry[]> {
    return this.reader
      .selectFrom('audit')
      .selectAll()
      .where('sequence', '<', before)
      .orderBy('sequence', 'desc')
      .limit(limit)
      .execute();
  }

  protected write<T>(work: (db: Transaction<Tables>) => Promise<T>): Promise<T> {
    return transact(this.backend, work);
  }
}
