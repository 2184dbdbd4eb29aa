/** A real coordinator of a tiny task, in a folder of its own, that tests may stop and start again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  InlineTrainer,
  type JoinOptions,
  joinFederation,
  type Session,
  type SessionEvent,
} from '@fedhybnn/client';
import { type RunningCoordinator, startCoordinator } from '@fedhybnn/server';
import type { AdmissionMode, Task } from '@fedhybnn/shared';
import { tinyBits, tinyEvaluation, tinyExtractor } from './tiny-federation.js';

export interface TinyCoordinatorOptions {
  readonly tokenHours?: number;
  readonly admission?: AdmissionMode;
  readonly keepRounds?: number | undefined;
}

export class TinyCoordinator {
  private running: RunningCoordinator;
  private readonly clients: TinyClient[] = [];

  private constructor(
    private readonly data: string,
    private readonly options: TinyCoordinatorOptions,
    running: RunningCoordinator,
  ) {
    this.running = running;
  }

  static async start(task: Task, options: TinyCoordinatorOptions = {}): Promise<TinyCoordinator> {
    const data = await mkdtemp(join(tmpdir(), 'fedhybnn-tiny-'));
    const { admission, ...rest } = options;
    const running = await startCoordinator({ data, port: 0, host: '127.0.0.1', ...rest });
    const coordinator = new TinyCoordinator(data, options, running);
    await coordinator.create(task, admission);
    return coordinator;
  }

  /** Another federation beside the first. */
  async create(task: Task, admission?: AdmissionMode): Promise<void> {
    const evaluation = tinyEvaluation();
    await this.running.createTask(task, { extractor: tinyExtractor, evaluation, admission });
  }

  get url(): string {
    return this.running.url;
  }

  /** What a participant scans. */
  async joinLink(task: Task, uses: number): Promise<string> {
    const { path } = await this.running.createJoinCode(task.id, { uses, hours: 1 });
    return this.url + path;
  }

  get folder(): string {
    return this.data;
  }

  /** Joins client `name`; a hundred samples of its own, trained inline, unless told otherwise. */
  async join(name: string, options: Partial<JoinOptions> = {}): Promise<TinyClient> {
    const client = await TinyClient.join({
      url: this.url,
      client: name,
      data: { kind: 'bits', data: tinyBits(100, name.charCodeAt(0)) },
      trainer: new InlineTrainer(),
      ...options,
    });
    this.clients.push(client);
    return client;
  }

  async stop(): Promise<void> {
    await this.running.close();
  }

  /** Starts again on the same data and port. */
  async startAgain(): Promise<void> {
    const { data, options, running } = this;
    this.running = await startCoordinator({
      data,
      port: running.port,
      host: '127.0.0.1',
      ...options,
    });
  }

  /** Stops clients and coordinator, and removes the folder. */
  async remove(): Promise<void> {
    await Promise.all(this.clients.map(({ session }) => session.stop()));
    await this.running.close();
    await rm(this.data, { recursive: true, force: true });
  }
}

/** A session with its events. */
export class TinyClient {
  readonly events: SessionEvent[];
  private readonly listeners: Set<() => void>;

  private constructor(
    readonly session: Session,
    record: { readonly events: SessionEvent[]; readonly listeners: Set<() => void> },
  ) {
    this.events = record.events;
    this.listeners = record.listeners;
  }

  static async join(options: JoinOptions): Promise<TinyClient> {
    const record = { events: [] as SessionEvent[], listeners: new Set<() => void>() };
    const session = await joinFederation({
      ...options,
      onEvent: (event) => {
        record.events.push(event);
        options.onEvent?.(event);
        for (const listener of record.listeners) listener();
      },
    });
    return new TinyClient(session, record);
  }

  /** The events of a type so far. */
  of<T extends SessionEvent['type']>(type: T): (SessionEvent & { type: T })[] {
    return this.events.filter((event): event is SessionEvent & { type: T } => event.type === type);
  }

  /** Resolves with the first event of this type that `fits`, past or to come. */
  heard<T extends SessionEvent['type']>(
    type: T,
    fits: (event: SessionEvent & { type: T }) => boolean = () => true,
  ): Promise<SessionEvent & { type: T }> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.of(type).find(fits);
        if (found === undefined) return;
        this.listeners.delete(look);
        resolve(found);
      };
      this.listeners.add(look);
      look();
    });
  }
}
