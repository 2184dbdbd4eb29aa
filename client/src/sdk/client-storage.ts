/** What a participant must remember to be the same client after a restart, and where. */
import type { UpdateHeader } from '@fedhybnn/shared';

/** A trained update that is not known to be committed. */
export interface PendingUpdate {
  readonly header: UpdateHeader;
  /** The frame that is sent; its SHA-256 is `header.digest`. */
  readonly frame: Uint8Array;
}

export interface StoredClient {
  /** Hash of the task that the rest belongs to. */
  readonly taskHash: string;
  readonly client: string;
  readonly token: string;
  /** When the token expires, in milliseconds since 1970 by this device's clock. */
  readonly expiresAt: number;
  readonly pending?: PendingUpdate;
}

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
