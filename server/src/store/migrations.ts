/** The store's history: each migration runs once, in order, and is never edited. */
import {
  type ColumnBuilderCallback,
  type CreateTableBuilder,
  type Kysely,
  type Migration,
  type MigrationProvider,
  sql,
} from 'kysely';

type DataTypeExpression = Parameters<CreateTableBuilder<string>['addColumn']>[1];

/** What the back ends call the same thing. */
export interface ColumnTypes {
  /** Compared byte by byte, whatever the language of the database. */
  readonly text: DataTypeExpression;
  readonly sequence: { readonly type: DataTypeExpression; readonly build: ColumnBuilderCallback };
  readonly bytes: DataTypeExpression;
  /** 64 bits. */
  readonly real: DataTypeExpression;
}

export const SQLITE_TYPES: ColumnTypes = {
  text: 'text',
  sequence: { type: 'integer', build: (column) => column.primaryKey().autoIncrement() },
  bytes: 'blob',
  real: 'real',
};

export const POSTGRES_TYPES: ColumnTypes = {
  text: sql`text collate "C"`,
  // Not "always": a backup is restored with the sequences that its receipts name.
  sequence: {
    type: 'bigint',
    build: (column) => column.generatedByDefaultAsIdentity().primaryKey(),
  },
  bytes: 'bytea',
  real: 'double precision',
};

const history = ({ text, sequence, bytes, real }: ColumnTypes): Record<string, Migration> => ({
  '0001-initial': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('tasks')
        .addColumn('id', text, (c) => c.primaryKey())
        .addColumn('document', text, (c) => c.notNull())
        .addColumn('hash', text, (c) => c.notNull())
        .addColumn('initial_model', text, (c) => c.notNull())
        .addColumn('evaluation', text)
        .addColumn('phase', text, (c) => c.notNull())
        .addColumn('created_at', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('attempts')
        .addColumn('task', text, (c) => c.notNull().references('tasks.id'))
        .addColumn('round', 'integer', (c) => c.notNull())
        .addColumn('attempt', 'integer', (c) => c.notNull())
        .addColumn('base', text, (c) => c.notNull())
        .addColumn('cohort', text, (c) => c.notNull())
        .addColumn('opened_at', 'bigint', (c) => c.notNull())
        .addColumn('outcome', text, (c) => c.notNull())
        .addColumn('reason', text)
        .addPrimaryKeyConstraint('attempts_key', ['task', 'round', 'attempt'])
        .execute();
      await db.schema
        .createTable('updates')
        .addColumn('sequence', sequence.type, sequence.build)
        .addColumn('task', text, (c) => c.notNull().references('tasks.id'))
        .addColumn('round', 'integer', (c) => c.notNull())
        .addColumn('client', text, (c) => c.notNull())
        .addColumn('digest', text, (c) => c.notNull())
        .addColumn('frame', bytes, (c) => c.notNull())
        .addUniqueConstraint('updates_once', ['task', 'round', 'client'])
        .execute();
      await db.schema
        .createTable('journal')
        .addColumn('task', text, (c) => c.notNull().references('tasks.id'))
        .addColumn('round', 'integer', (c) => c.notNull())
        .addColumn('step', text, (c) => c.notNull())
        .addColumn('model', text, (c) => c.notNull())
        .addColumn('tally', text, (c) => c.notNull())
        .addColumn('chain', text, (c) => c.notNull())
        .addColumn('counted', 'integer', (c) => c.notNull())
        .addColumn('accuracy', real)
        .addColumn('uplink_bytes', 'bigint', (c) => c.notNull())
        .addColumn('downlink_bytes', 'bigint', (c) => c.notNull())
        .addColumn('published_at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('journal_key', ['task', 'round'])
        .execute();
      await db.schema
        .createTable('files')
        .addColumn('sha256', text, (c) => c.primaryKey())
        .addColumn('bytes', 'bigint', (c) => c.notNull())
        .addColumn('kind', text, (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('clients')
        .addColumn('task', text, (c) => c.notNull().references('tasks.id'))
        .addColumn('client', text, (c) => c.notNull())
        .addColumn('joined_at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('clients_key', ['task', 'client'])
        .execute();
    },
  },
  '0002-retention-and-join-keys': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .alterTable('tasks')
        .addColumn('replay_from', 'integer', (c) => c.notNull().defaultTo(0))
        .execute();
      await db.schema.alterTable('clients').addColumn('key', text).execute();
    },
  },
});

/** The migrations in the words of one back end. */
export function migrations(types: ColumnTypes): MigrationProvider {
  return { getMigrations: async () => history(types) };
}
