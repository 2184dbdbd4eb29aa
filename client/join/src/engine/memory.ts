/**
 * What this device remembers, in IndexedDB: who it is to the coordinator with an update under way,
 * whether it was training, what `offline-copy.ts` keeps to try the model without a network, and, if
 * the participant agreed, the samples. Whatever cannot be read is deleted: a participant starts anew
 * rather than not at all.
 */
import type { ClientStorage, StoredClient } from '@fedhybnn/client';
import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';
import * as z from 'zod/mini';
import type { StoredSamples } from './samples.js';

const bytes = z.instanceof(Uint8Array);

const clientSchema = z.object({
  taskHash: z.string(),
  client: z.string(),
  token: z.string(),
  expiresAt: z.number(),
  pending: z.optional(
    z.object({
      header: z.object({ round: z.int(), base: z.string(), digest: z.string() }),
      frame: bytes,
    }),
  ),
});

const samplesSchema = z.object({
  builtIn: z.boolean(),
  raw: z.array(z.union([bytes, z.array(z.string())])),
  labels: z.instanceof(Uint16Array),
  bits: bytes,
});

const visitSchema = z.object({
  /** Training was not paused or stopped by hand. */
  running: z.boolean(),
  /** The samples are the built-in ones: they are fetched again instead of kept. */
  builtIn: z.boolean(),
});
export type Visit = z.infer<typeof visitSchema>;

interface Schema extends DBSchema {
  clients: { key: string; value: unknown };
  samples: { key: string; value: unknown };
  visits: { key: string; value: unknown };
  /** By the task's name, not its hash: that is all an address without a network says. */
  offline: { key: string; value: unknown };
}
type StoreName = 'clients' | 'samples' | 'visits' | 'offline';

const DATABASE = 'fedhybnn';
const VERSION = 2;
const STORES: readonly StoreName[] = ['clients', 'samples', 'visits', 'offline'];

/** The page's database; nothing where the browser keeps none. One without its tables is made anew. */
export async function openDatabase(): Promise<IDBPDatabase<Schema> | undefined> {
  try {
    const found = await openTables();
    if (STORES.every((name) => found.objectStoreNames.contains(name))) return found;
    found.close();
    await deleteDB(DATABASE);
    return await openTables();
  } catch {
    return undefined;
  }
}

function openTables(): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>(DATABASE, VERSION, {
    upgrade(created) {
      for (const name of STORES) {
        if (!created.objectStoreNames.contains(name)) created.createObjectStore(name);
      }
    },
    // A newer page wants to change it: it may not wait for this one.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });
}

export class Memory {
  /** True when something stored could not be read. */
  repaired = false;

  private constructor(
    private readonly database: IDBPDatabase<Schema> | undefined,
    private readonly task: string,
  ) {}

  /** @param task its hash. Where the browser keeps nothing, this forgets with the page. */
  static async open(task: string): Promise<Memory> {
    return new Memory(await openDatabase(), task);
  }

  /** Storage of the SDK's session. */
  get client(): ClientStorage {
    let unstored: StoredClient | undefined;
    return {
      load: async () =>
        unstored ?? ((await this.read('clients', clientSchema)) as StoredClient | undefined),
      save: async (client) => {
        unstored = client;
        await this.write('clients', client);
      },
    };
  }

  samples(): Promise<StoredSamples | undefined> {
    return this.read('samples', samplesSchema);
  }

  /** Keeps the samples, or forgets them. */
  async keepSamples(samples: StoredSamples | undefined): Promise<void> {
    if (samples === undefined) await this.database?.delete('samples', this.task);
    else await this.write('samples', samples);
  }

  visit(): Promise<Visit | undefined> {
    return this.read('visits', visitSchema);
  }

  async keepVisit(visit: Visit): Promise<void> {
    await this.write('visits', visit);
  }

  /** Deletes all that this page has stored, of every task. */
  async erase(): Promise<void> {
    for (const name of STORES) await this.database?.clear(name);
  }

  private async read<T>(name: StoreName, schema: z.ZodMiniType<T>): Promise<T | undefined> {
    const value = await this.database?.get(name, this.task);
    if (value === undefined) return undefined;
    const parsed = z.safeParse(schema, value);
    if (parsed.success) return parsed.data;
    this.repaired = true;
    await this.database?.delete(name, this.task);
    return undefined;
  }

  /** A full or forbidden store must not stop the training. */
  private async write(name: StoreName, value: unknown): Promise<void> {
    await this.database?.put(name, value, this.task).catch(() => undefined);
  }
}
