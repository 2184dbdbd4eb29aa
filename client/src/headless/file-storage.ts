/** A client's identity and outbox in a JSON file, so that a restarted client is the same client. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  clientIdSchema,
  FederationError,
  parseJson,
  sha256Schema,
  updateHeaderSchema,
} from '@fedhybnn/shared';
import * as z from 'zod/mini';
import type { ClientStorage, StoredClient } from '../sdk/index.js';

/** The file: as {@link StoredClient}, but the frame as base64 text. */
const fileSchema = z.object({
  version: z.literal(1),
  taskHash: sha256Schema,
  client: clientIdSchema,
  token: z.string(),
  expiresAt: z.number(),
  pending: z.optional(
    z.object({
      header: updateHeaderSchema,
      frame: z.string().check(z.regex(/^[A-Za-z0-9+/]*={0,2}$/)),
    }),
  ),
});

export class FileStorage implements ClientStorage {
  /**
   * @param path of the file; its folder is made when it is first needed
   * @param onWarning told in one line when the file is of no use
   */
  constructor(
    private readonly path: string,
    private readonly onWarning: (message: string) => void = () => {},
  ) {}

  /** A file that cannot be understood is moved aside: the client joins anew. */
  async load(): Promise<StoredClient | undefined> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (cause) {
      if (isMissing(cause)) return undefined;
      throw this.unusable('read', cause);
    }
    try {
      return decode(text, this.path);
    } catch (thrown) {
      const aside = `${this.path}.corrupt`;
      await rename(this.path, aside).catch((cause) => {
        throw this.unusable('moved aside', cause);
      });
      const { message } = FederationError.from(thrown);
      this.onWarning(`${message}; moved to ${aside}, the client joins under a new identity`);
      return undefined;
    }
  }

  /** Whole or not at all; readable by its owner only, since a token is as good as a password. */
  async save(stored: StoredClient): Promise<void> {
    const temporary = `${this.path}.${process.pid}.tmp`;
    try {
      await mkdir(dirname(this.path), { recursive: true });
      await writeFile(temporary, encode(stored), { mode: 0o600 });
      await rename(temporary, this.path);
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => {});
      throw this.unusable('written', cause);
    }
  }

  private unusable(what: string, cause: unknown): FederationError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new FederationError(
      'data-folder',
      `--state: ${this.path} cannot be ${what} (${reason}); choose another folder or change its permissions`,
      { cause },
    );
  }
}

function encode({ pending, ...client }: StoredClient): string {
  const file: z.infer<typeof fileSchema> = {
    version: 1,
    ...client,
    ...(pending && {
      pending: { header: pending.header, frame: Buffer.from(pending.frame).toString('base64') },
    }),
  };
  return `${JSON.stringify(file)}\n`;
}

function decode(text: string, path: string): StoredClient {
  const file = parseJson(fileSchema, text, `client state ${path}`, 'file-corrupt');
  const { version: _version, pending, ...client } = file;
  if (pending === undefined) return client;
  const frame = new Uint8Array(Buffer.from(pending.frame, 'base64'));
  return { ...client, pending: { header: pending.header, frame } };
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
}
