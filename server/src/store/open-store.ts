/** Where the state of a coordinator lies, and its store opened. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import { openEmbeddedStore } from './embedded-store.js';
import { openPostgresStore, type PostgresOptions } from './postgres-store.js';
import type { Store } from './store.js';

export interface StorePlace {
  /** The data folder: files and the token secret, and the embedded database. */
  readonly data: string;
  /** `postgres://…`, in place of the embedded database. */
  readonly database?: string | undefined;
}

/** @throws FederationError `bad-request`, `store-failed` */
export async function openStore(place: StorePlace, options: PostgresOptions = {}): Promise<Store> {
  const { data, database } = place;
  if (database === undefined) return openEmbeddedStore(data);
  checkDatabase(database);
  return openPostgresStore(database, options);
}

/** @throws FederationError `bad-request` if it is not the address of a PostgreSQL database */
export function checkDatabase(database: string): void {
  if (/^postgres(ql)?:\/\//.test(database) && URL.canParse(database)) return;
  throw new FederationError(
    'bad-request',
    '--database: must be an address such as postgres://user:password@host:5432/name; leave it out for the embedded database',
  );
}

/** @throws FederationError `data-folder` if no coordinator has worked here */
export async function requireState({ data, database }: StorePlace): Promise<void> {
  const needed = database === undefined ? 'coordinator.db' : 'files';
  try {
    await access(join(data, needed));
  } catch (cause) {
    throw new FederationError(
      'data-folder',
      `data folder ${data}: holds no coordinator's state; give the folder with --data`,
      { cause },
    );
  }
}
