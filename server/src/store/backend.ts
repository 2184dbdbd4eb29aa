/** What differs between the databases, and the one way to change anything in them. */
import { FederationError } from '@fedhybnn/shared';
import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './schema.js';

export interface Backend {
  readonly kind: 'sqlite' | 'postgres';
  /** What the database takes on its disk. */
  readonly bytes: () => Promise<number>;
  /** For everything that changes something. */
  readonly db: Kysely<Tables>;
  /** For what only reads; may be the same. Sees every commit of `db` at once. */
  readonly reader: Kysely<Tables>;
  /** True where an error of a transaction proves that nothing of it was committed. */
  readonly isRolledBack: (error: unknown) => boolean;
  readonly close: () => Promise<void>;
}

/** One transaction: committed when the promise resolves, gone where it rejects, or `store-lost`. */
export async function transact<T>(
  { db, isRolledBack }: Pick<Backend, 'db' | 'isRolledBack'>,
  work: (db: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  try {
    return await db.transaction().execute(work);
  } catch (cause) {
    if (cause instanceof FederationError || isRolledBack(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FederationError(
      'store-lost',
      `the database does not say whether a write was committed (${why}); mend it, then start again: the start finds out`,
      { cause },
    );
  }
}
