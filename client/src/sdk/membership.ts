/** Who this client is to the coordinator: its id and token, renewed when needed, and its outbox. */
import { FederationError, PROTOCOL_VERSION } from '@fedhybnn/shared';
import type { ClientStorage, PendingUpdate, StoredClient } from './client-storage.js';
import type { CoordinatorHttp, TaskDescription } from './coordinator-http.js';

export interface MembershipOptions {
  readonly http: CoordinatorHttp;
  readonly description: TaskDescription;
  readonly storage: ClientStorage;
  /** Id to propose where none is stored. */
  readonly client?: string | undefined;
  /** Token of an earlier session, where none is stored. */
  readonly resume?: string | undefined;
  /** 32 hexadecimal digits, the same in each try: a lost answer is then given again. */
  readonly key?: string | undefined;
  /** For a task that admits by code. */
  readonly code?: string | undefined;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** A token this close to its end is renewed before it is used: a share of its whole life. */
const MARGIN = 0.05;

export class Membership {
  private renewAt: number;
  /** Saves follow one another: the last one stays. */
  private saving: Promise<void> = Promise.resolve();

  private constructor(
    private readonly options: MembershipOptions,
    private stored: StoredClient,
    private readonly now: () => number,
  ) {
    this.renewAt = stored.expiresAt;
  }

  /**
   * The stored client, or a new one.
   * @throws FederationError `client-taken`, `protocol-version`, …
   */
  static async enter(options: MembershipOptions): Promise<Membership> {
    const now = options.now ?? Date.now;
    const { description, client } = options;
    const found = await options.storage.load();
    const known =
      found?.taskHash === description.hash && (client === undefined || client === found.client)
        ? found
        : undefined;
    const stored = known ?? (await join(options, client, options.resume, now));
    const membership = new Membership(options, stored, now);
    if (known === undefined) await options.storage.save(stored);
    return membership;
  }

  get client(): string {
    return this.stored.client;
  }

  /** The update that is not known to be committed, if there is one. */
  get pending(): PendingUpdate | undefined {
    return this.stored.pending;
  }

  /** Keeps an update until {@link clearPending}; resolves when a restart would find it. */
  keepPending(pending: PendingUpdate): Promise<void> {
    return this.save({ ...this.stored, pending });
  }

  async clearPending(): Promise<void> {
    const { pending, ...rest } = this.stored;
    if (pending !== undefined) await this.save(rest);
  }

  /**
   * A token that has not expired, as far as this device's clock knows.
   * @param renew gets a new one in any case
   */
  async token(renew = false): Promise<string> {
    if (renew || this.now() >= this.renewAt) await this.renew();
    return this.stored.token;
  }

  /**
   * Joins again as the same client. Where the coordinator does not know the token at all (it lost
   * its state or its secret), the id is proposed anew.
   */
  private async renew(): Promise<void> {
    const { client, token } = this.stored;
    const joined = await join(this.options, undefined, token, this.now).catch((thrown) => {
      const useless = ['token-invalid', 'token-expired'];
      if (!(thrown instanceof FederationError && useless.includes(thrown.code))) throw thrown;
      return join(this.options, client, undefined, this.now);
    });
    const life = joined.expiresAt - this.now();
    this.renewAt = joined.expiresAt - MARGIN * life;
    // Read now: an update may have been kept or cleared meanwhile.
    const { pending } = this.stored;
    await this.save({ ...joined, ...(pending && { pending }) });
  }

  private save(stored: StoredClient): Promise<void> {
    this.stored = stored;
    this.saving = this.saving.then(() => this.options.storage.save(stored));
    return this.saving;
  }
}

async function join(
  { http, description, key, code }: MembershipOptions,
  client: string | undefined,
  resume: string | undefined,
  now: () => number,
): Promise<StoredClient> {
  const reply = await http.join({
    protocol: PROTOCOL_VERSION,
    task: description.task.id,
    ...(resume === undefined ? client !== undefined && { client } : { resume }),
    ...(resume === undefined && key !== undefined && { key }),
    ...(resume === undefined && code !== undefined && { code }),
  });
  return {
    taskHash: description.hash,
    client: reply.client,
    token: reply.token,
    expiresAt: now() + 1000 * reply.expiresIn,
  };
}
