/** Processes that belong together. */
import { type ChildProcess, spawn } from 'node:child_process';
import { FederationError } from '@fedhybnn/shared';

/** The demo's processes: all end with it. */
export class Children {
  private readonly running = new Set<ChildProcess>();
  private stopping = false;
  private fail: (error: FederationError) => void = () => {};
  /** Rejects when a process ends with an error of its own. */
  readonly failed: Promise<never>;

  constructor(signal: AbortSignal) {
    this.failed = new Promise<never>((_, reject) => {
      this.fail = reject;
    });
    this.failed.catch(() => {});
    signal.addEventListener('abort', () => void this.stop(), { once: true });
    // However this process ends, it leaves none behind.
    process.once('exit', () => {
      for (const child of this.running) child.kill('SIGKILL');
    });
  }

  start(file: string, args: readonly string[]): void {
    // Detached: a Ctrl-C of the terminal reaches the demo alone, which stops its processes in order.
    const child = spawn(process.execPath, [file, ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      detached: process.platform !== 'win32',
    });
    this.running.add(child);
    child.on('error', (cause) =>
      this.fail(new FederationError('internal', `${file} could not be started`, { cause })),
    );
    child.on('exit', (code) => {
      this.running.delete(child);
      if (!this.stopping && code !== 0) {
        this.fail(
          new FederationError(
            'internal',
            `${args[0]} ended with status ${code}; its error is above`,
          ),
        );
      }
    });
  }

  /** Clients first, so that they can say goodbye to the coordinator. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const child of [...this.running].reverse()) {
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      const patience = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await ended;
      clearTimeout(patience);
    }
  }
}
