/**
 * A coordinator as a process of its own, and where it is to be struck. Three ways to kill it:
 *
 * - at its nth sync of the database: strace sends SIGKILL as the system call is entered. It counts
 *   for each thread, and SQLite's syncs are all the main thread's.
 * - around its nth sync of a file: those run on Node's pool of threads, which strace cannot count as
 *   one, so `kill-at-file-sync.ts`, loaded first, counts and kills.
 * - at some moment, by whoever started it.
 *
 * Errors of the disk are strace's, too: SQLite alone writes with `pwrite64`.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { devNull } from 'node:os';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../dist/bin/coordinator.js', import.meta.url));
const KILL_AT_FILE_SYNC = new URL('../../dist/faults/kill-at-file-sync.js', import.meta.url);
const SHIFTED_CLOCK = new URL('../../dist/faults/shifted-clock.js', import.meta.url);

/** Where a process kills itself; `nth` from 1. */
export type KillPoint =
  | { readonly at: 'database-sync'; readonly nth: number }
  | { readonly at: 'file-sync'; readonly nth: number; readonly side: 'before' | 'after' };

/** An error of the disk that the database meets at its nth call, once or from then on. */
export interface DiskError {
  readonly at: 'disk-error';
  readonly call: 'pwrite64' | 'fsync';
  readonly error: 'ENOSPC' | 'EIO';
  readonly nth: number;
  readonly lasting: boolean;
}

export interface CoordinatorLaunch {
  readonly data: string;
  readonly database?: string | undefined;
  readonly port: number;
  /** The task's document and its extractor, as files. */
  readonly task: string;
  readonly extractor: string;
  /** Its wall clock can be set: {@link CoordinatorProcess.setClock}. */
  readonly clock?: boolean;
  readonly fault?: KillPoint | DiskError | undefined;
  /** Where strace writes what it saw; default nowhere. */
  readonly log?: string | undefined;
}

/** How a process ended; both are null for one that could not be started. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Why nothing can be injected into system calls here, or null. */
export function straceMissing(): string | null {
  const { error, status } = spawnSync('strace', ['-f', '-e', 'trace=fsync', 'true'], {
    stdio: 'ignore',
  });
  if (error !== undefined) return 'needs strace: apt-get install strace';
  return status === 0 ? null : 'needs the right to trace its own processes (ptrace)';
}

export class CoordinatorProcess {
  /** Seconds from the start to the first request that would be answered; null if it ended before. */
  readonly ready: Promise<number | null>;
  readonly ended: Promise<Ending>;
  private address = '';
  private errors = '';
  private running = true;

  private constructor(private readonly child: ChildProcess) {
    const started = performance.now();
    child.stderr?.on('data', (text) => {
      this.errors = `${this.errors}${text}`.slice(-2000);
    });
    this.ended = new Promise((resolve) => {
      child.once('error', () => resolve({ code: null, signal: null }));
      child.once('exit', (code, signal) => {
        this.running = false;
        resolve({ code, signal });
      });
    });
    // Its one line of output comes when it is ready.
    const announced = new Promise<number>((resolve) => {
      child.stdout?.once('data', (line) => {
        this.address = JSON.parse(String(line)).url;
        resolve((performance.now() - started) / 1000);
      });
    });
    this.ready = Promise.race([announced, this.ended.then(() => null)]);
  }

  static start(launch: CoordinatorLaunch): CoordinatorProcess {
    const { fault, clock = false } = launch;
    const atFile = fault?.at === 'file-sync';
    const node = [
      process.execPath,
      ...(atFile ? ['--import', KILL_AT_FILE_SYNC.href] : []),
      ...(clock ? ['--import', SHIFTED_CLOCK.href] : []),
      ...[COMMAND, 'serve', '--json', '--log-level', 'fatal', '--host', '127.0.0.1'],
      ...['--port', String(launch.port), '--data', launch.data],
      // All clients have one address here.
      ...['--request-rate', '0', '--join-rate', '0'],
      ...['--task', launch.task, '--extractor', launch.extractor],
      ...(launch.database === undefined ? [] : ['--database', launch.database]),
    ];
    const [program, ...args] =
      fault === undefined || atFile ? node : [...traced(fault, launch.log), ...node];
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe', ...(clock ? (['ipc'] as const) : [])],
      // A group of its own, so that a tracer ends with what it traces.
      detached: true,
      env: {
        ...process.env,
        ...(atFile ? { FAULTS_FILE_SYNC: `${fault.side} ${fault.nth}` } : {}),
      },
    });
    return new CoordinatorProcess(child);
  }

  /** Where it listens, once it is ready. */
  get url(): string {
    return this.address;
  }

  get alive(): boolean {
    return this.running;
  }

  /** The last lines of what it wrote to stderr. */
  get said(): string {
    return this.errors;
  }

  /** SIGKILL for the coordinator and its tracer, if they still run. @returns when they have ended */
  async kill(): Promise<Ending> {
    const { pid } = this.child;
    if (this.running && pid !== undefined) process.kill(-pid, 'SIGKILL');
    return this.ended;
  }

  /** Sets its wall clock so many milliseconds ahead of the machine's. @returns when it is set */
  async setClock(aheadMs: number): Promise<void> {
    const set = once(this.child, 'message');
    this.child.send(aheadMs);
    await set;
  }

  /** Asks an untraced coordinator to stop in order. */
  async stop(): Promise<Ending> {
    this.child.kill('SIGTERM');
    return this.ended;
  }
}

function traced(fault: Exclude<CoordinatorLaunch['fault'], undefined>, log = devNull): string[] {
  const strace = ['strace', '-f', '-qqq', '-o', log];
  if (fault.at !== 'disk-error')
    return [...strace, ...inject('fsync,fdatasync', 'signal=KILL', fault.nth)];
  // Stops at these calls only, which is fast; signals, though, are not sent in this way.
  const when = `${fault.nth}${fault.lasting ? '+' : ''}`;
  return [...strace, '--seccomp-bpf', ...inject(fault.call, `error=${fault.error}`, when)];
}

function inject(calls: string, what: string, when: number | string): string[] {
  return ['-e', `trace=${calls}`, '-e', `inject=${calls}:${what}:when=${when}`];
}
