/** One stretch of training, from start to pause: a session of the SDK and what it shows. */
import {
  joinFederation,
  type Session,
  type SessionEvent,
  type TrafficCount,
  type Trainer,
} from '@fedhybnn/client';
import {
  createEvaluator,
  describeKernels,
  type Evaluator,
  type GlobalModel,
  type LabeledBits,
  loadKernels,
} from '@fedhybnn/shared';
import type { Federation } from './federation.js';
import type { Memory } from './memory.js';
import type { PlainSessionEvent, Report } from './messages.js';
import type { SampleSet } from './samples.js';
import { createTrainer } from './training-worker.js';

const NOTHING: TrafficCount = { sent: 0, received: 0, updates: 0, models: 0 };

export interface TrainingRunParts {
  readonly joinCode: string | undefined;
  readonly federation: Federation;
  readonly samples: SampleSet;
  readonly memory: Memory;
  readonly send: (report: Report) => void;
  /** What earlier stretches took, and what came of them. */
  readonly before: Totals;
  /** Keeps a model for the time without a network. */
  readonly keepModel: (model: GlobalModel) => Promise<void>;
}

/** How often the model is kept while training goes on: whoever closes the page says no goodbye. */
const KEEP_EVERY_MS = 5_000;

/** Of all stretches of this visit. */
export interface Totals {
  readonly traffic: TrafficCount;
  /** Rounds whose updates of this device were committed. */
  readonly contributed: number;
  /** Models received after the first. */
  readonly followed: number;
}

export class TrainingRun {
  private readonly controller = new AbortController();
  private session: Session | undefined;
  private measuredRound: number | undefined;
  private keeping: ReturnType<typeof setTimeout> | undefined;
  private contributed: number;
  private followed: number;
  private samplesPerSecond = 0;
  private measuring: ReturnType<typeof setTimeout> | undefined;
  private readonly heldOut: LabeledBits;
  private readonly trainer = createTrainer();

  private constructor(
    private readonly parts: TrainingRunParts,
    private readonly evaluator: Evaluator,
    private readonly kernels: string,
  ) {
    this.heldOut = parts.samples.heldOut();
    this.contributed = parts.before.contributed;
    this.followed = parts.before.followed;
  }

  /** Joins; resolves when the session goes on by itself. */
  static async start(parts: TrainingRunParts): Promise<TrainingRun> {
    const { task } = parts.federation.description;
    const kernels = describeKernels(await loadKernels());
    const run = new TrainingRun(parts, await createEvaluator(task), kernels);
    await run.join();
    return run;
  }

  /** The model that the device holds. */
  get model(): GlobalModel | undefined {
    return this.session?.model;
  }

  get totals(): Totals {
    const { traffic, contributed, followed } = this;
    return { traffic, contributed, followed };
  }

  private get traffic(): TrafficCount {
    const before = this.parts.before.traffic;
    const now = this.session?.traffic ?? NOTHING;
    return {
      sent: before.sent + now.sent,
      received: before.received + now.received,
      updates: before.updates + now.updates,
      models: before.models + now.models,
    };
  }

  /** The network may be back. */
  hurry(): void {
    this.session?.hurry();
  }

  /** The network is gone. */
  reconnect(): void {
    this.session?.reconnect();
  }

  /** Says goodbye; an update under way stays in the outbox. */
  async stop(): Promise<void> {
    clearTimeout(this.measuring);
    clearTimeout(this.keeping);
    this.controller.abort();
    await this.session?.stop();
    await this.trainer.close();
    this.progress();
  }

  private async join(): Promise<void> {
    const { federation, samples, memory, joinCode } = this.parts;
    this.session = await joinFederation({
      url: federation.url,
      joinCode,
      data: { kind: 'bits', data: samples.training() },
      trainer: this.timed(this.trainer),
      storage: memory.client,
      signal: this.controller.signal,
      onEvent: (event) => this.onEvent(event),
    });
    this.measureSoon();
  }

  private onEvent(event: SessionEvent): void {
    if (event.type === 'accepted') this.contributed++;
    if (event.type === 'published') this.followed++;
    this.parts.send({ type: 'session', event: plain(event) });
    if (event.type !== 'extracting') this.progress();
    if (['waiting', 'round', 'accepted', 'ended'].includes(event.type)) this.measureSoon();
    if (event.type === 'ended') this.keep();
    else if (event.type === 'published')
      this.keeping ??= setTimeout(() => this.keep(), KEEP_EVERY_MS);
  }

  private keep(): void {
    clearTimeout(this.keeping);
    this.keeping = undefined;
    if (this.model !== undefined) void this.parts.keepModel(this.model);
  }

  private progress(): void {
    const { totals, samplesPerSecond, kernels } = this;
    const progress = { ...totals, samplesPerSecond, kernels };
    this.parts.send({ type: 'progress', progress });
  }

  /** After what runs now: the kernels must not be asked in the middle of a training step. */
  private measureSoon(): void {
    clearTimeout(this.measuring);
    this.measuring = setTimeout(() => this.measure());
  }

  private measure(): void {
    const { model } = this;
    if (model === undefined || model.round === this.measuredRound) return;
    // Before it has caught up it is not what anybody's training led to.
    if (model.round < this.parts.federation.description.latest.round) return;
    this.measuredRound = model.round;
    if (this.heldOut.bits.rows === 0) return;
    const { correct, total } = this.evaluator.evaluate(model, this.heldOut);
    this.parts.send({ type: 'measured', measured: { round: model.round, correct, total } });
  }

  private timed(trainer: Trainer): Trainer {
    return {
      prepare: async (task, data, samples) => {
        const prepared = await trainer.prepare(task, data, samples);
        return {
          train: async (request) => {
            // What this device holds now is the model before its own training.
            this.measure();
            const start = performance.now();
            const update = await prepared.train(request);
            const seconds = (performance.now() - start) / 1000;
            this.samplesPerSecond = (update.samples * task.training.epochs) / seconds;
            return update;
          },
        };
      },
      close: () => trainer.close(),
    };
  }
}

/** Errors lose their methods on the way to the page. */
function plain(event: SessionEvent): PlainSessionEvent {
  if (event.type === 'offline') return { ...event, error: event.error.toBody() };
  if (event.type !== 'ended') return event;
  const { type, why, error } = event;
  return { type, why, ...(error && { error: error.toBody() }) };
}
