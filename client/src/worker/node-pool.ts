/** Threads of Node that train, shared by any number of clients in this process. */
import {
  type EpochProgress,
  FederationError,
  type GlobalModel,
  type LabeledBits,
  type LocalUpdate,
  type Task,
} from '@fedhybnn/shared';
import { Piscina } from 'piscina';
import { type PlainBits, shared, toSharedMemory } from './shared-memory.js';
import type { PreparedTraining, Trainer, TrainingRequest } from './trainer.js';

/** What crosses to a thread; data lie in shared memory, so only the model is copied. */
export interface PoolJob {
  /** Number of the job, for its progress. */
  readonly job: number;
  readonly task: Task;
  readonly data: PlainBits;
  readonly samples: Uint32Array | undefined;
  readonly global: GlobalModel;
  readonly round: number;
  readonly roundSeed: string;
  readonly client: string;
  /** One integer in shared memory; not 0: stop at the next epoch. */
  readonly canceled: Int32Array;
}

/** What a thread tells while it works on a job. */
export interface PoolProgress {
  readonly job: number;
  readonly progress: EpochProgress;
}

/** What a thread answers; null if the job was canceled. */
export interface PoolResult {
  readonly update: LocalUpdate;
  /** All epochs, since messages take another way than the answer and may come too late. */
  readonly epochs: readonly EpochProgress[];
}

export interface NodePoolOptions {
  /** Threads, at least 1. The updates do not depend on it. */
  readonly workers: number;
}

export class NodePool implements Trainer {
  private pool: Piscina<PoolJob, PoolResult | null> | undefined;
  private readonly listeners = new Map<number, (progress: EpochProgress) => void>();
  /** Clients may share data: they are put into shared memory once. */
  private readonly sharedData = new WeakMap<LabeledBits, PlainBits>();
  private jobs = 0;

  constructor(private readonly options: NodePoolOptions) {}

  /** The first call starts the threads; {@link close} ends them. */
  async prepare(task: Task, data: LabeledBits, samples?: Uint32Array): Promise<PreparedTraining> {
    const pool = this.pool ?? this.start();
    this.pool = pool;
    const plain = this.sharedData.get(data) ?? toSharedMemory(data);
    this.sharedData.set(data, plain);
    const rows = samples && shared(samples);
    return { train: (request) => this.train(pool, task, plain, rows, request) };
  }

  async close(): Promise<void> {
    const { pool } = this;
    this.pool = undefined;
    await pool?.destroy();
  }

  private start(): Piscina<PoolJob, PoolResult | null> {
    const { workers } = this.options;
    const pool = new Piscina<PoolJob, PoolResult | null>({
      // The built file, from the built and from the source folder alike: threads cannot load TypeScript.
      filename: new URL('../../dist/worker/training-worker.js', import.meta.url).href,
      minThreads: workers,
      maxThreads: workers,
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
    pool: Piscina<PoolJob, PoolResult | null>,
    task: Task,
    data: PlainBits,
    samples: Uint32Array | undefined,
    request: TrainingRequest,
  ): Promise<LocalUpdate> {
    const { onEpoch, signal, ...training } = request;
    signal?.throwIfAborted();
    const job = ++this.jobs;
    const canceled = new Int32Array(new SharedArrayBuffer(4));
    const cancel = () => Atomics.store(canceled, 0, 1);
    signal?.addEventListener('abort', cancel, { once: true });
    let told = 0;
    const tell = (progress: EpochProgress) => {
      told = progress.epoch;
      onEpoch?.(progress);
    };
    this.listeners.set(job, tell);
    try {
      const result = await pool.run({ ...training, job, task, data, samples, canceled });
      for (const progress of result?.epochs.slice(told) ?? []) {
        if (!signal?.aborted) tell(progress);
      }
      signal?.throwIfAborted();
      if (result === null) throw new FederationError('interrupted', 'the training was canceled');
      return result.update;
    } finally {
      this.listeners.delete(job);
      signal?.removeEventListener('abort', cancel);
    }
  }
}
