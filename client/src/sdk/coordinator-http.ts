/** The coordinator's HTTP routes, each a function from typed values to typed values. */
import {
  FederationError,
  type JoinReply,
  type JoinRequest,
  joinReplySchema,
  LIMITS,
  type PublishedRound,
  parse,
  parseJson,
  type Receipt,
  receiptSchema,
  roundsReplySchema,
  sha256Hex,
  type Task,
  type TaskReply,
  taskHash,
  taskReplySchema,
  taskSchema,
  tasksReplySchema,
  type UpdateHeader,
} from '@fedhybnn/shared';
import type * as z from 'zod/mini';
import type { Traffic } from './events.js';
import { decode, type ExchangeRequest, type ExchangeSettings, exchange } from './exchange.js';

export interface HttpSettings {
  /** Origin of the coordinator. */
  readonly base: string;
  readonly traffic: Traffic;
  /** Ends every exchange. */
  readonly signal: AbortSignal;
  /** Default: the global one. */
  readonly fetch?: typeof fetch | undefined;
  /** Longest silence before an exchange counts as failed. Default 30,000 ms. */
  readonly silenceMs?: number | undefined;
}

/** A task as the coordinator tells it, checked. */
export interface TaskDescription extends Omit<TaskReply, 'task'> {
  readonly task: Task;
}

const JSON_BYTES = 4 * 1024 * 1024;

export class CoordinatorHttp {
  readonly base: string;
  readonly traffic: Traffic;
  private readonly settings: ExchangeSettings;

  constructor(settings: HttpSettings) {
    const { base, traffic, signal, silenceMs = 30_000 } = settings;
    this.base = base;
    this.traffic = traffic;
    // The global function must be called as such: detached from its object it fails in a page.
    const send: typeof fetch = settings.fetch ?? ((input, init) => fetch(input, init));
    this.settings = { traffic, signal, silenceMs, fetch: send };
  }

  /** All tasks of the coordinator. */
  async tasks(): Promise<TaskDescription[]> {
    const { tasks } = await this.json('GET /v1/tasks', tasksReplySchema, { url: '/v1/tasks' });
    return tasks.map(describe);
  }

  /** @throws FederationError `unknown-task` */
  async task(id: string): Promise<TaskDescription> {
    const url = `/v1/tasks/${id}`;
    return describe(await this.json(`GET ${url}`, taskReplySchema, { url }));
  }

  /** @throws FederationError `client-taken`, `token-invalid`, `protocol-version` or `unknown-task` */
  join(request: JoinRequest): Promise<JoinReply> {
    return this.json('POST /v1/join', joinReplySchema, {
      url: '/v1/join',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
  }

  /** Published rounds after round `after`, in order; at most one page of them. */
  async rounds(task: string, after: number): Promise<readonly PublishedRound[]> {
    const url = `/v1/tasks/${task}/rounds?after=${after}`;
    return (await this.json(`GET ${url}`, roundsReplySchema, { url })).rounds;
  }

  /**
   * A content-addressed file. One that does not have its hash is fetched once more, past caches.
   * @throws FederationError `unknown-file`, or `file-corrupt` if it is damaged again
   */
  async file(sha256: string, maxBytes: number = LIMITS.file): Promise<Uint8Array> {
    const request = { url: `${this.base}/v1/files/${sha256}`, maxBytes };
    const bytes = await exchange(request, this.settings);
    if (sha256Hex(bytes) === sha256) return bytes;
    const again = await exchange({ ...request, fresh: true }, this.settings);
    if (sha256Hex(again) === sha256) return again;
    throw new FederationError(
      'file-corrupt',
      `${request.url}: its contents do not have this SHA-256, twice; tell the operator of the coordinator`,
    );
  }

  /** Uploads an update that is too large for a socket message. May be repeated. */
  putUpdate(
    task: string,
    token: string,
    header: UpdateHeader,
    frame: Uint8Array,
  ): Promise<Receipt> {
    const url = `/v1/tasks/${task}/rounds/${header.round}/updates`;
    return this.json(`PUT ${url}`, receiptSchema, {
      url,
      method: 'PUT',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/octet-stream',
        'fedhybnn-base': header.base,
        'fedhybnn-digest': header.digest,
      },
      body: frame,
    });
  }

  private async json<T>(
    what: string,
    schema: z.ZodMiniType<T>,
    request: Omit<ExchangeRequest, 'maxBytes'>,
  ): Promise<T> {
    const url = this.base + request.url;
    const bytes = await exchange({ ...request, url, maxBytes: JSON_BYTES }, this.settings);
    return parseJson(schema, decode(bytes), `answer to ${what}`);
  }
}

function describe(reply: TaskReply): TaskDescription {
  const task = parse(
    taskSchema,
    reply.task,
    'task document of the coordinator',
    'protocol-version',
  );
  if (taskHash(task) !== reply.hash) {
    throw new FederationError(
      'protocol-version',
      `task ${task.id}: its document does not have the announced hash; update the client`,
    );
  }
  return { ...reply, task };
}
