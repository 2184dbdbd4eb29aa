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
  '0003-operators-and-join-codes': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .alterTable('tasks')
        .addColumn('admission', text, (c) => c.notNull().defaultTo('open'))
        .execute();
      await db.schema
        .alterTable('clients')
        .addColumn('banned', 'integer', (c) => c.notNull().defaultTo(0))
        .execute();
      await db.schema
        .createTable('join_codes')
        .addColumn('id', text, (c) => c.primaryKey())
        .addColumn('hash', text, (c) => c.notNull().unique())
        .addColumn('task', text, (c) => c.notNull().references('tasks.id'))
        .addColumn('label', text, (c) => c.notNull())
        .addColumn('uses', 'integer', (c) => c.notNull())
        .addColumn('max_uses', 'integer', (c) => c.notNull())
        .addColumn('created_at', 'bigint', (c) => c.notNull())
        .addColumn('expires_at', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('operators')
        .addColumn('name', text, (c) => c.primaryKey())
        .addColumn('password', text, (c) => c.notNull())
        .addColumn('created_at', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('credentials')
        .addColumn('id', text, (c) => c.primaryKey())
        .addColumn('hash', text, (c) => c.notNull().unique())
        .addColumn('kind', text, (c) => c.notNull())
        .addColumn('operator', text, (c) =>
          c.notNull().references('operators.name').onDelete('cascade'),
        )
        .addColumn('label', text, (c) => c.notNull())
        .addColumn('csrf', text)
        .addColumn('created_at', 'bigint', (c) => c.notNull())
        .addColumn('expires_at', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('audit')
        .addColumn('sequence', sequence.type, sequence.build)
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('actor', text, (c) => c.notNull())
        .addColumn('action', text, (c) => c.notNull())
        .addColumn('subject', text)
        .addColumn('details', text)
        .addColumn('address', text)
        .execute();
    },
  },
  '0004-verdicts': {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('journal').addColumn('verdicts', text).execute();
      await db.schema
        .alterTable('journal')
        .addColumn('rolled_back', 'integer', (c) => c.notNull().defaultTo(0))
        .execute();
    },
  },
  // What a client sent is counted for the operator without reading what all others sent.
  '0005-updates-by-client': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createIndex('updates_by_client')
        .on('updates')
        .columns(['task', 'client', 'round'])
        .execute();
    },
  },
});

/** The migrations in the words of one back end. */
export function migrations(types: ColumnTypes): MigrationProvider {
  return { getMigrations: async () => history(types) };
}
