/** A coordinator process that is there to be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { FederationError } from '@fedhybnn/shared';

const COMMAND = fileURLToPath(new URL('../../dist/bin/coordinator.js', import.meta.url));
/** A start that takes longer has failed. Milliseconds. */
const PATIENCE_MS = 30_000;

export interface VictimPlace {
  readonly data: string;
  readonly database?: string | undefined;
  readonly port: number;
  /** Task document and extractor file, given at each start. */
  readonly task: string;
  readonly extractor: string;
}

export class Victim {
  readonly url: string;
  private readonly child: ChildProcess;
  private readonly exit: Promise<void>;
  private gone = false;

  /** @param dieAtSync kills the process at its nth call that makes something durable; needs strace */
  constructor(place: VictimPlace, dieAtSync?: number) {
    this.url = `http://127.0.0.1:${place.port}`;
    const serve = [COMMAND, 'serve', ...argumentsOf(place)];
    const [program, args] =
      dieAtSync === undefined
        ? [process.execPath, serve]
        : ['strace', [...straceArguments(dieAtSync), process.execPath, ...serve]];
    // A group of its own: strace killed alone would leave the coordinator alive.
    const stdio = ['ignore', 'ignore', 'inherit'] as const;
    this.child = spawn(program, args, { stdio: [...stdio], detached: true });
    this.exit = new Promise((resolve) => {
      this.child.once('exit', () => {
        this.gone = true;
        resolve();
      });
    });
  }

  /** Milliseconds until it said that it is ready, or null if it died before. */
  async ready(): Promise<number | null> {
    const start = performance.now();
    while (!this.gone) {
      const reply = await fetch(`${this.url}/readyz`).catch(() => null);
      if (reply?.ok) return performance.now() - start;
      if (performance.now() - start > PATIENCE_MS) {
        throw new FederationError('coordinator-unreachable', 'a restart did not get ready in time');
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return null;
  }

  /** Resolves when it is dead; false if it was still alive after so long, and was killed then. */
  async died(withinMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), withinMs);
    });
    const inTime = await Promise.race([this.exit.then(() => true), late]);
    clearTimeout(timer);
    if (!inTime) await this.kill();
    return inTime;
  }

  async kill(): Promise<void> {
    const { pid } = this.child;
    if (!this.gone && pid !== undefined) process.kill(-pid, 'SIGKILL');
    await this.exit;
  }
}

function argumentsOf({ data, database, port, task, extractor }: VictimPlace): string[] {
  return [
    ...['--data', data, '--port', String(port), '--host', '127.0.0.1'],
    ...['--task', task, '--extractor', extractor, '--log-level', 'fatal', '--json'],
    ...(database === undefined ? [] : ['--database', database]),
  ];
}

/** Calls are counted for each thread by itself: n meets another one in every run. */
function straceArguments(dieAtSync: number): string[] {
  const calls = 'fdatasync,fsync';
  return [
    ...['-f', '-qq', '-o', '/dev/null', '-e', `trace=${calls}`],
    ...['-e', `inject=${calls}:signal=KILL:when=${dieAtSync}`],
  ];
}
