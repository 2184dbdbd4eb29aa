/** Threads of Node that train and evaluate, shared by any number of clients in this process. */
import {
  type EpochProgress,
  type Evaluation,
  FederationError,
  type GlobalModel,
  type LabeledBits,
  type LocalUpdate,
  type Task,
  taskHash,
} from '@fedhybnn/shared';
import { Piscina } from 'piscina';
import { ModelSlots } from './model-slots.js';
import type {
  EvaluationJob,
  PoolProgress,
  SharedData,
  TrainingJob,
  TrainingResult,
} from './pool-jobs.js';
import { toSharedMemory } from './shared-memory.js';
import type { PreparedTraining, Trainer, TrainingRequest } from './trainer.js';

export interface NodePoolOptions {
  /** Threads, at least 1. The updates do not depend on it. */
  readonly workers: number;
}

/** Labeled samples, ready for models to be measured on. */
export interface PreparedEvaluation {
  evaluate(model: GlobalModel): Promise<Evaluation>;
}

export class NodePool implements Trainer {
  private pool: Piscina | undefined;
  private readonly listeners = new Map<number, (progress: EpochProgress) => void>();
  /** Clients may share data: they are put into shared memory once. */
  private readonly data = new Remembered((data: LabeledBits) => ({
    key: ++this.dataSets,
    plain: toSharedMemory(data),
  }));
  private dataSets = 0;
  private readonly hashes = new Remembered((task: Task) => taskHash(task));
  private readonly models = new ModelSlots();
  private jobs = 0;

  constructor(private readonly options: NodePoolOptions) {}

  /** The first call starts the threads; {@link close} ends them. */
  async prepare(task: Task, data: LabeledBits, samples?: Uint32Array): Promise<PreparedTraining> {
    const pool = this.started();
    const parts = this.sharedData(task, data);
    return { train: (request) => this.train(pool, parts, samples, request) };
  }

  /** As {@link prepare}, for evaluation. */
  async prepareEvaluation(task: Task, data: LabeledBits): Promise<PreparedEvaluation> {
    const pool = this.started();
    const parts = this.sharedData(task, data);
    return {
      evaluate: async (global) => {
        const model = this.models.take(global);
        try {
          const job: EvaluationJob = { ...parts, model };
          return await pool.run(job, { name: 'evaluate' });
        } finally {
          this.models.release(model);
        }
      },
    };
  }

  async close(): Promise<void> {
    const { pool } = this;
    this.pool = undefined;
    await pool?.destroy();
  }

  private sharedData(task: Task, data: LabeledBits): SharedData {
    const { key, plain } = this.data.of(data);
    return { taskKey: this.hashes.of(task), task, dataKey: key, data: plain };
  }

  private started(): Piscina {
    this.pool ??= this.start();
    return this.pool;
  }

  private start(): Piscina {
    const { workers } = this.options;
    const pool = new Piscina({
      // The built file, from the built and from the source folder alike: threads cannot load TypeScript.
      filename: new URL('../../dist/worker/training-worker.js', import.meta.url).href,
      minThreads: workers,
      maxThreads: workers,
      // The next job waits at the thread, not here, where it would have to ask for it.
      concurrentTasksPerWorker: 2,
      atomics: 'disabled',
      // Conditions and loaders of the parent (a test runner's) are not for built files.
      execArgv: [],
    });
    pool.on('message', ({ job, progress }: PoolProgress) => {
      this.listeners.get(job)?.(progress);
    });
    return pool;
  }

  private async train(
    pool: Piscina,
    parts: SharedData,
    samples: Uint32Array | undefined,
    { onEpoch, signal, global, round, roundSeed, updateFor, client }: TrainingRequest,
  ): Promise<LocalUpdate> {
    signal?.throwIfAborted();
    const job = onEpoch === undefined ? undefined : ++this.jobs;
    const canceled = signal && new Int32Array(new SharedArrayBuffer(4));
    const cancel = () => canceled && Atomics.store(canceled, 0, 1);
    signal?.addEventListener('abort', cancel, { once: true });
    let told = 0;
    const tell = (progress: EpochProgress) => {
      told = progress.epoch;
      onEpoch?.(progress);
    };
    if (job !== undefined) this.listeners.set(job, tell);
    const model = this.models.take(global);
    const request: TrainingJob = {
      ...{ ...parts, model, samples, round, roundSeed, updateFor, client, job, canceled },
    };
    try {
      const result: TrainingResult | null = await pool.run(request);
      for (const progress of result?.epochs.slice(told) ?? []) {
        if (!signal?.aborted) tell(progress);
      }
      signal?.throwIfAborted();
      if (result === null) throw new FederationError('interrupted', 'the training was canceled');
      return result.update;
    } finally {
      this.models.release(model);
      if (job !== undefined) this.listeners.delete(job);
      signal?.removeEventListener('abort', cancel);
    }
  }
}

/** Makes something of an object once. */
class Remembered<From extends object, To> {
  private readonly known = new WeakMap<From, { readonly to: To }>();

  constructor(private readonly make: (from: From) => To) {}

  of(from: From): To {
    const found = this.known.get(from) ?? { to: this.make(from) };
    this.known.set(from, found);
    return found.to;
  }
}
