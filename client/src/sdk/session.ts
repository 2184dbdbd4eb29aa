/** A participant's session: from the first connection to the end of the federation, or until stopped. */
import { FederationError, type GlobalModel, parameterCount, type Seed } from '@fedhybnn/shared';
import type { PreparedTraining } from '../worker/trainer.js';
import { backoff } from './backoff.js';
import type { CoordinatorHttp, TaskDescription } from './coordinator-http.js';
import type { SessionListener, SessionSummary, TrafficCount } from './events.js';
import { Link } from './link.js';
import type { Membership } from './membership.js';
import { ModelSync } from './model-sync.js';
import { retrying, within } from './retrying.js';
import { RoundPlayer } from './round-player.js';
import { Uploader } from './uploader.js';
import { pause } from './waiting.js';

export interface SessionParts {
  readonly description: TaskDescription;
  readonly http: CoordinatorHttp;
  readonly membership: Membership;
  readonly training: PreparedTraining;
  /** Root of the jitter of all waits. */
  readonly seed: Seed;
  readonly emit: SessionListener;
  /** Aborted by the session itself when it is over, or by whoever stops it. */
  readonly controller: AbortController;
  /** Longest wait for an answer on the socket. Milliseconds. */
  readonly answerMs: number;
}

/** How long a goodbye may take. Milliseconds. */
const GOODBYE_MS = 2_000;
/** How long the last model is tried to be fetched after the end. Milliseconds. */
const LAST_MODEL_MS = 10_000;

export class Session {
  readonly client: string;
  readonly task: string;
  /** Resolves when the federation has ended or the session was stopped; rejects if it cannot go on. */
  readonly finished: Promise<SessionSummary>;
  private readonly player: RoundPlayer;
  private readonly sync: ModelSync;
  private readonly link: Link;
  private stopping: Promise<void> | undefined;
  private settle: (outcome: Promise<SessionSummary>) => void = () => {};

  private constructor(private readonly parts: SessionParts) {
    const { description, http, membership, seed, emit, controller, training } = parts;
    const { task, hash } = description;
    const { signal } = controller;
    this.client = membership.client;
    this.task = task.id;
    this.sync = new ModelSync(task, hash, http);
    this.link = new Link({
      base: http.base,
      membership,
      seed,
      answerMs: parts.answerMs,
      onReady: (round) => emit({ type: 'online', round }),
      onRoundOpen: (message) => this.player.onRoundOpen(message),
      onRoundClosed: (message) => {
        this.link.prosper();
        this.player.onRoundClosed(message);
      },
      onRoundGathering: ({ ready, needed }) => emit({ type: 'gathering', ready, needed }),
      onEnded: () => this.player.onEnded(),
      onOffline: (error, retryInMs) => emit({ type: 'offline', error, retryInMs }),
    });
    const uploader = new Uploader({ task: task.id, http, link: this.link, membership, seed, emit });
    const { sync } = this;
    this.player = new RoundPlayer({
      ...{ description, membership, sync, uploader, training, seed, emit, signal },
    });
    this.finished = new Promise((resolve) => {
      this.settle = resolve;
    });
    // Whoever only listens to events has seen the error there.
    this.finished.catch(() => {});
  }

  /** Begins to connect. Use `joinFederation`. */
  static start(parts: SessionParts): Session {
    const session = new Session(parts);
    session.settle(session.run());
    return session;
  }

  /** The global model that this client holds now. */
  get model(): GlobalModel {
    return this.sync.held.model;
  }

  /** Bytes sent and received so far. */
  get traffic(): TrafficCount {
    return this.parts.http.traffic.count();
  }

  /** Connects at once where it waits to do so: a page calls this when it is seen or online again. */
  hurry(): void {
    this.link.hurry();
  }

  /**
   * Gives up the connection and tries for another: a page calls this when its browser says that the
   * network is gone, which a socket may notice only after half a minute.
   */
  reconnect(): void {
    this.link.reconnect();
  }

  /** Says goodbye and ends. An update under way is kept in the storage for the next session. */
  async stop(): Promise<void> {
    this.stopping ??= this.leave();
    await this.stopping;
    await this.finished.catch(() => {});
  }

  private async leave(): Promise<void> {
    const { controller } = this.parts;
    const goodbye = this.link.live?.leave().catch(() => {});
    const late = new AbortController();
    if (goodbye) await Promise.race([goodbye, pause(GOODBYE_MS, late.signal).catch(() => {})]);
    late.abort();
    controller.abort(new FederationError('interrupted', 'the session was stopped'));
  }

  private async run(): Promise<SessionSummary> {
    const { description, controller, emit } = this.parts;
    const { signal } = controller;
    const work: Promise<unknown>[] = [];
    try {
      // Before the deadline of any round runs.
      const { round, model } = description.latest;
      await this.player.catchUp({ round, sha256: model }, signal);
      work.push(this.player.run(), this.link.maintain(signal));
      await Promise.race(work);
      await this.fetchLastModel(signal);
      return this.end('federation-ended');
    } catch (thrown) {
      if (signal.aborted) return this.end('stopped');
      const error = FederationError.from(thrown);
      emit({ type: 'ended', why: 'failed', error });
      throw error;
    } finally {
      controller.abort(new FederationError('interrupted', 'the session is over'));
      await Promise.allSettled(work);
    }
  }

  private end(why: SessionSummary['why']): SessionSummary {
    const { description, http, emit } = this.parts;
    emit({ type: 'ended', why });
    const { round, sha256 } = this.sync.held;
    return {
      why,
      client: this.client,
      task: this.task,
      parameters: parameterCount(description.task),
      contributed: this.player.contributed,
      model: { round, sha256 },
      accuracy: this.player.accuracy,
      traffic: http.traffic.count(),
    };
  }

  /** The end is worth the last model, but not a failure where it cannot be had. */
  private async fetchLastModel(signal: AbortSignal): Promise<void> {
    const { http, seed } = this.parts;
    const waits = within(backoff({ seed }), LAST_MODEL_MS);
    try {
      await retrying(
        async () => {
          const { latest } = await http.task(this.task);
          this.player.accuracy = latest.accuracy;
          await this.sync.catchUp({ round: latest.round, sha256: latest.model });
        },
        { waits, signal },
      );
    } catch {
      signal.throwIfAborted();
    }
  }
}
