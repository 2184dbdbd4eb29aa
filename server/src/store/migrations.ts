/** The store's history: each migration runs once, in order, and is never edited. */
import type { Kysely, Migration, MigrationProvider } from 'kysely';

const MIGRATIONS: Record<string, Migration> = {
  '0001-initial': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('tasks')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('document', 'text', (c) => c.notNull())
        .addColumn('hash', 'text', (c) => c.notNull())
        .addColumn('initial_model', 'text', (c) => c.notNull())
        .addColumn('evaluation', 'text')
        .addColumn('phase', 'text', (c) => c.notNull())
        .addColumn('created_at', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('attempts')
        .addColumn('task', 'text', (c) => c.notNull().references('tasks.id'))
        .addColumn('round', 'integer', (c) => c.notNull())
        .addColumn('attempt', 'integer', (c) => c.notNull())
        .addColumn('base', 'text', (c) => c.notNull())
        .addColumn('cohort', 'text', (c) => c.notNull())
        .addColumn('opened_at', 'bigint', (c) => c.notNull())
        .addColumn('outcome', 'text', (c) => c.notNull())
        .addColumn('reason', 'text')
        .addPrimaryKeyConstraint('attempts_key', ['task', 'round', 'attempt'])
        .execute();
      await db.schema
        .createTable('updates')
        .addColumn('sequence', 'integer', (c) => c.primaryKey().autoIncrement())
        .addColumn('task', 'text', (c) => c.notNull().references('tasks.id'))
        .addColumn('round', 'integer', (c) => c.notNull())
        .addColumn('client', 'text', (c) => c.notNull())
        .addColumn('digest', 'text', (c) => c.notNull())
        .addColumn('frame', 'blob', (c) => c.notNull())
        .addUniqueConstraint('updates_once', ['task', 'round', 'client'])
        .execute();
      await db.schema
        .createTable('journal')
        .addColumn('task', 'text', (c) => c.notNull().references('tasks.id'))
        .addColumn('round', 'integer', (c) => c.notNull())
        .addColumn('step', 'text', (c) => c.notNull())
        .addColumn('model', 'text', (c) => c.notNull())
        .addColumn('tally', 'text', (c) => c.notNull())
        .addColumn('chain', 'text', (c) => c.notNull())
        .addColumn('counted', 'integer', (c) => c.notNull())
        .addColumn('accuracy', 'real')
        .addColumn('uplink_bytes', 'bigint', (c) => c.notNull())
        .addColumn('downlink_bytes', 'bigint', (c) => c.notNull())
        .addColumn('published_at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('journal_key', ['task', 'round'])
        .execute();
      await db.schema
        .createTable('files')
        .addColumn('sha256', 'text', (c) => c.primaryKey())
        .addColumn('bytes', 'bigint', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('clients')
        .addColumn('task', 'text', (c) => c.notNull().references('tasks.id'))
        .addColumn('client', 'text', (c) => c.notNull())
        .addColumn('joined_at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('clients_key', ['task', 'client'])
        .execute();
    },
  },
};

export const migrations: MigrationProvider = {
  getMigrations: async () => MIGRATIONS,
};
