/** Threads that train virtual clients, one trainer each. */
import type { GlobalModel, LabeledBits, LocalUpdate, Task } from '@fedhybnn/shared';
import { Piscina } from 'piscina';
import { shareBits } from './shared-bits.js';

/** What every worker holds from its start. */
export interface PoolData {
  readonly task: Task;
  readonly training: PlainBits;
}

/** Labeled bits as they cross to a thread: a class instance would lose its methods. */
export interface PlainBits {
  readonly rows: number;
  readonly cols: number;
  readonly bytes: Uint8Array;
  readonly labels: Int32Array;
}

/** One virtual client's part of a round. */
export interface PoolJob {
  readonly global: GlobalModel;
  readonly round: number;
  readonly roundSeed: string;
  readonly client: string;
  readonly samples: Uint32Array;
}

export class TrainingPool {
  private readonly pool: Piscina<PoolJob, LocalUpdate>;

  /** Starts the threads; {@link close} ends them. */
  constructor(task: Task, training: LabeledBits, workers: number) {
    const { bits, labels } = shareBits(training);
    const data: PoolData = {
      task,
      training: { rows: bits.rows, cols: bits.cols, bytes: bits.bytes, labels },
    };
    this.pool = new Piscina({
      // In a test the engine runs from source; threads always run the built file.
      filename: new URL('./training-worker.js', import.meta.url.replace('/src/', '/dist/')).href,
      workerData: data,
      minThreads: workers,
      maxThreads: workers,
      atomics: 'disabled',
    });
  }

  train(job: PoolJob): Promise<LocalUpdate> {
    return this.pool.run(job);
  }

  close(): Promise<void> {
    return this.pool.close({ force: true });
  }
}
