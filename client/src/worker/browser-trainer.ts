/** Trains in a module worker of the page, so that the page stays responsive. */
import {
  type EpochProgress,
  FederationError,
  type LabeledBits,
  type LocalUpdate,
  type Task,
} from '@fedhybnn/shared';
import { toPlainBits } from './shared-memory.js';
import type { PreparedTraining, Trainer, TrainingRequest } from './trainer.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

interface Job {
  readonly resolve: (update: LocalUpdate) => void;
  readonly reject: (error: unknown) => void;
  readonly onEpoch: ((progress: EpochProgress) => void) | undefined;
}

export class BrowserTrainer implements Trainer {
  private readonly jobs = new Map<number, Job>();
  private worker: Worker | undefined;
  private numbers = 0;

  /**
   * @param createWorker makes the worker when it is first needed, from `web-worker.js`; the default
   *   form is the one that bundlers recognize
   */
  constructor(
    private readonly createWorker = () =>
      new Worker(new URL('./web-worker.js', import.meta.url), { type: 'module' }),
  ) {}

  async prepare(task: Task, data: LabeledBits, samples?: Uint32Array): Promise<PreparedTraining> {
    const name = ++this.numbers;
    this.post({ type: 'prepare', data: name, task, bits: toPlainBits(data), samples });
    return { train: (request) => this.train(name, request) };
  }

  async close(): Promise<void> {
    this.worker?.terminate();
    this.worker = undefined;
    this.failAll(new FederationError('interrupted', 'the training worker was closed'));
  }

  private train(data: number, request: TrainingRequest): Promise<LocalUpdate> {
    const { onEpoch, signal, ...training } = request;
    const job = ++this.numbers;
    return new Promise<LocalUpdate>((resolve, reject) => {
      signal?.throwIfAborted();
      const abort = () => settle(() => reject(signal?.reason));
      const settle = (end: () => void) => {
        // The worker cannot be interrupted inside an epoch: an unwanted result is dropped.
        this.jobs.delete(job);
        signal?.removeEventListener('abort', abort);
        end();
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.jobs.set(job, {
        onEpoch,
        resolve: (update) => settle(() => resolve(update)),
        reject: (error) => settle(() => reject(error)),
      });
      this.post({ type: 'train', job, data, ...training });
    });
  }

  private post(message: ToWorker): void {
    this.worker ??= this.start();
    this.worker.postMessage(message);
  }

  private start(): Worker {
    const worker = this.createWorker();
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
      const job = this.jobs.get(data.job);
      if (data.type === 'epoch') job?.onEpoch?.(data.progress);
      else if (data.type === 'trained') job?.resolve(data.update);
      else job?.reject(new FederationError(data.error.code, data.error.message));
    });
    worker.addEventListener('error', (event) => {
      const why = event.message || 'its file could not be loaded';
      this.failAll(new FederationError('internal', `the training worker failed: ${why}`));
    });
    return worker;
  }

  private failAll(error: FederationError): void {
    for (const job of [...this.jobs.values()]) job.reject(error);
  }
}
