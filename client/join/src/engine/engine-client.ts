/** The page's side of the engine: commands as functions, reports to one listener. */
import type { CommandName, Commands, Report } from './messages.js';
import { ReportQueue } from './report-queue.js';

/** An error of the engine: `code` is one of docs/errors.md. */
export class EngineError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: EngineError) => void;
}

export type EngineReport = Exclude<Report, { type: 'answer' | 'failed' }>;

export class EngineClient {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private calls = 0;

  constructor(onReports: (reports: readonly EngineReport[]) => void) {
    const reports = new ReportQueue(onReports);
    this.worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    this.worker.addEventListener('message', ({ data }: MessageEvent<Report>) => {
      if (data.type !== 'answer' && data.type !== 'failed') {
        reports.add(data);
        return;
      }
      // What the engine said before its answer is shown before it.
      reports.flush();
      if (data.type === 'answer') this.settle(data.id)?.resolve(data.output);
      else this.settle(data.id)?.reject(new EngineError(data.error.code, data.error.message));
    });
    this.worker.addEventListener('error', (event) => {
      const error = new EngineError('internal', event.message || 'the worker could not be loaded');
      for (const { reject } of this.waiting.values()) reject(error);
      this.waiting.clear();
    });
  }

  /** @throws EngineError */
  call<Name extends CommandName>(
    name: Name,
    ...[input]: Commands[Name][0] extends undefined ? [] : [Commands[Name][0]]
  ): Promise<Commands[Name][1]> {
    const id = ++this.calls;
    return new Promise<Commands[Name][1]>((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (output: unknown) => void, reject });
      this.worker.postMessage({ id, name, input });
    });
  }

  private settle(id: number): Waiting | undefined {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    return waiting;
  }
}
