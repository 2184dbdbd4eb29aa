/** All federations of a data folder, and who is connected to them. */
import {
  type AdmissionMode,
  FederationError,
  parse,
  type RoundClosed,
  type RoundGathering,
  type RoundOpen,
  type Task,
  taskSchema,
} from '@fedhybnn/shared';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics/metrics.js';
import type { FileStore } from '../store/file-store.js';
import type { Store, TaskRecord } from '../store/store.js';
import { openEvaluation } from './central-evaluation.js';
import { createTask, type TaskFiles } from './create-task.js';
import { Federation } from './federation.js';
import { recover } from './recover.js';
import { retentionOf } from './retention.js';

/** The way to connected clients; the gateway sets it. */
export interface ClientLinks {
  open(task: string, client: string, message: RoundOpen): void;
  closed(task: string, message: RoundClosed): void;
  gathering(task: string, message: RoundGathering): void;
  rest(task: string, client: string, afterMs: number): void;
  ended(task: string, reason: string): void;
}

/** What its owner may want to know. */
export interface CoordinatorEvents {
  /** A federation has ended. */
  readonly ended?: (() => void) | undefined;
  /** A federation cannot go on until the coordinator is started again. */
  readonly failed?: ((error: FederationError) => void) | undefined;
}

export interface CoordinatorSettings {
  /** How many published rounds of a task keep everything, from 1; all if undefined. */
  readonly keepRounds?: number | undefined;
  /** Who runs it, in words for participants. */
  readonly runBy?: string | undefined;
}

/** How often tasks that another process created are looked for. */
const POLL_MS = 2000;

export class Coordinator {
  private readonly federations = new Map<string, Federation>();
  private readonly admissions = new Map<string, AdmissionMode>();
  private links: ClientLinks = {
    ...{ open: () => {}, closed: () => {}, gathering: () => {}, rest: () => {}, ended: () => {} },
  };
  private poll: NodeJS.Timeout | undefined;
  private loading: Promise<void> = Promise.resolve();
  private stopping = false;
  private failure: FederationError | null = null;

  constructor(
    readonly store: Store,
    readonly files: FileStore,
    private readonly log: Logger,
    private readonly metrics: Metrics,
    private readonly events: CoordinatorEvents = {},
    private readonly settings: CoordinatorSettings = {},
  ) {}

  /** Recovers every task and begins to play. */
  async start(links: ClientLinks): Promise<void> {
    this.links = links;
    await this.load();
    this.poll = setInterval(() => {
      this.load().catch((err) => {
        this.log.error({ err }, 'tasks could not be loaded');
      });
    }, POLL_MS);
    this.poll.unref();
  }

  /** Who runs this coordinator, as its operator puts it. */
  get runBy(): string | undefined {
    return this.settings.runBy;
  }

  list(): Federation[] {
    return [...this.federations.values()];
  }

  /** True when there are federations and all have ended. */
  get allEnded(): boolean {
    return this.list().length > 0 && this.list().every(({ phase }) => phase === 'ENDED');
  }

  /** Why a federation here stands still, or null if all is well. */
  get failed(): FederationError | null {
    return this.failure;
  }

  /** @throws FederationError `unknown-task` naming the tasks that there are */
  federation(id: string): Federation {
    const federation = this.federations.get(id);
    if (federation !== undefined) return federation;
    const known = [...this.federations.keys()].join(', ') || 'none yet';
    throw new FederationError('unknown-task', `task ${id}: not here; there are: ${known}`);
  }

  /** Whether anybody may join a task, or only with a join code. */
  admission(id: string): AdmissionMode {
    return this.admissions.get(id) ?? 'code';
  }

  /** @throws FederationError `unknown-task` */
  async setAdmission(id: string, admission: AdmissionMode): Promise<void> {
    const { task } = this.federation(id);
    await this.store.setAdmission(task.id, admission);
    this.admissions.set(task.id, admission);
  }

  async createTask(task: Task, files: TaskFiles): Promise<void> {
    await createTask(task, files, this.store, this.files);
    await this.load();
  }

  /**
   * No further round of a task opens; the open one is played to its end. Durable when it resolves.
   * @throws FederationError `unknown-task`, `federation-ended` or `coordinator-busy`
   */
  async pause(task: string): Promise<void> {
    await this.federation(task).control.pause();
  }

  /** Rounds open again. Throws as {@link pause}. */
  async resume(task: string): Promise<void> {
    await this.federation(task).control.resume();
  }

  /** The federation ends after the open round, or at once. Throws as {@link pause}. */
  async end(task: string): Promise<void> {
    await this.federation(task).control.end();
  }

  /** Says that nothing here can go on until the coordinator is started again. */
  fail(error: FederationError): void {
    this.failure ??= error;
    this.events.failed?.(error);
  }

  /** Ends all rounds at their last committed state. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.poll);
    await this.loading;
    await Promise.all(this.list().map((federation) => federation.stop()));
  }

  /** One at a time: two would open the same task twice. */
  private load(): Promise<void> {
    const loaded = this.loading.then(() => this.loadNew());
    this.loading = loaded.catch(() => {});
    return loaded;
  }

  private async loadNew(): Promise<void> {
    for (const record of await this.store.tasks()) {
      // Another process may have changed it.
      this.admissions.set(record.id, record.admission);
      if (this.stopping || this.federations.has(record.id)) continue;
      const federation = await this.open(record);
      this.federations.set(record.id, federation);
      federation.start();
    }
  }

  private async open(record: TaskRecord): Promise<Federation> {
    const { store, files } = this;
    const { id, hash } = record;
    const log = this.log.child({ task: id });
    const task = parse(taskSchema, JSON.parse(record.document), `task ${id} in the store`);
    const start = await recover(record, task, store, files);
    const evaluate = await openEvaluation(record, task, files);
    const { round, accepted, phase } = start.resumed;
    log.info({ round, accepted: accepted.size, phase }, 'federation loaded');
    const announcer = {
      open: (client: string, message: RoundOpen) => this.links.open(id, client, message),
      closed: (message: RoundClosed) => this.links.closed(id, message),
      gathering: (message: RoundGathering) => this.links.gathering(id, message),
      rest: (client: string, afterMs: number) => this.links.rest(id, client, afterMs),
      ended: (reason: string) => {
        this.links.ended(id, reason);
        this.events.ended?.();
      },
    };
    const { replayFrom } = record;
    const { keepRounds } = this.settings;
    const retain = retentionOf(keepRounds, { task: id, replayFrom, store, files, log });
    await retain(start.model.round);
    const onFailed = (error: FederationError) => this.fail(error);
    const { initialModel } = record;
    const metrics = this.metrics.forTask(id);
    const parts = { task, hash, initialModel, store, files, log, metrics, announcer };
    return new Federation({ ...parts, evaluate, retain, onFailed }, start);
  }
}
