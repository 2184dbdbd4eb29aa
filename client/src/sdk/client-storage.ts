/** What a participant must remember to be the same client after a restart, and where. */
import { clientIdSchema, sha256Schema, updateHeaderSchema } from '@fedhybnn/shared';
import * as z from 'zod/mini';

/** A trained update that is not known to be committed. */
export const pendingUpdateSchema = z.object({
  header: updateHeaderSchema,
  /** The frame that is sent; its SHA-256 is `header.digest`. */
  frame: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
});
export type PendingUpdate = z.infer<typeof pendingUpdateSchema>;

export const storedClientSchema = z.object({
  /** Hash of the task that the rest belongs to. */
  taskHash: sha256Schema,
  client: clientIdSchema,
  token: z.string(),
  /** When the token expires, in milliseconds since 1970 by this device's clock. */
  expiresAt: z.number(),
  pending: z.optional(pendingUpdateSchema),
});
export type StoredClient = z.infer<typeof storedClientSchema>;

/**
 * Keeps one client. A page implements it on IndexedDB, the headless client on a file.
 * `save` resolves when a restart would find what was saved.
 */
export interface ClientStorage {
  load(): Promise<StoredClient | undefined>;
  save(client: StoredClient): Promise<void>;
}

/** Forgets with the process: for tests, simulations, and those who want a new identity each time. */
export class MemoryStorage implements ClientStorage {
  private stored: StoredClient | undefined;

  async load(): Promise<StoredClient | undefined> {
    return this.stored;
  }

  async save(client: StoredClient): Promise<void> {
    this.stored = client;
  }
}
