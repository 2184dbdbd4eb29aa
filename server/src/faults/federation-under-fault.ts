/** One federation in a folder of its own: coordinators that die, clients that live on. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Task, TaskReply } from '@fedhybnn/shared';
import { query } from '../testing/postgres-server.js';
import { tinyExtractor, tinyTask, until } from '../testing/tiny-federation.js';
import { type CheckedState, checkState, type StateToCheck } from './check-state.js';
import { type CoordinatorLaunch, CoordinatorProcess, type Ending } from './coordinator-process.js';
import type { Fault } from './next-fault.js';
import { ResumingVoter } from './resuming-voter.js';

const CLIENTS = ['ada', 'ben', 'cho', 'dov'];
/** A fault that does not come by itself within this time: the process has done all that it will. */
const PATIENCE_MS = 15_000;
/** How long a coordinator plays with an error of the disk: some rounds. */
const AFTER_ERROR_MS = 1500;
/** What an operator reads then. */
const CLEAR_ERROR = /^error \[(store-failed|store-lost|data-folder)\]: .+$/m;

export interface FederationOptions {
  readonly folder: string;
  readonly rounds: number;
  readonly seed: number;
  readonly database?: string | undefined;
}

/** What one fault did. */
export interface Struck {
  /** False where the process came to its end, or its patience's, before the fault. */
  readonly hit: boolean;
  /** Seconds from start to ready; null where it was struck before. */
  readonly startSeconds: number | null;
  readonly ending: Ending;
}

export class FederationUnderFault {
  private readonly url: string;
  private readonly voters: ResumingVoter[];
  private readonly seen = new Map<number, string>();
  private created = false;

  private constructor(
    private readonly options: FederationOptions,
    private readonly port: number,
    private readonly task: Task,
  ) {
    this.url = `http://127.0.0.1:${port}`;
    this.voters = CLIENTS.map((id) => new ResumingVoter(this.url, task, id, options.seed));
  }

  static async open(options: FederationOptions): Promise<FederationUnderFault> {
    const { folder, rounds, seed } = options;
    const task = tinyTask({ rounds, gatherMs: 20, goal: 3, ready: 4, overSelect: 1.3, seed });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'tiny.fhx'), tinyExtractor);
    writeFileSync(join(folder, 'task.json'), JSON.stringify(task));
    return new FederationUnderFault(options, await freePort(), task);
  }

  /** Starts a coordinator, lets the fault happen and waits for the end. */
  async strike(fault: Fault): Promise<Struck> {
    await this.databaseWell();
    const process = this.start('ms' in fault ? undefined : fault);
    const hit = await this.hit(process, fault);
    const ending = await process.kill();
    const startSeconds = await process.ready;
    if (startSeconds !== null) this.created = true;
    return { hit, startSeconds, ending };
  }

  /** A plain start; the clients take part in `rounds` more rounds, or see the end; then all rest. */
  async finish(rounds: number): Promise<{ startSeconds: number; ending: Ending }> {
    await this.databaseWell();
    const process = this.start(undefined);
    try {
      const startSeconds = await process.ready;
      if (startSeconds === null) throw new Error(`no start after the faults: ${process.said}`);
      this.created = true;
      const goal = Math.min(this.task.federation.rounds, (await this.published()) + rounds);
      const reached = async () => (await this.published()) >= goal;
      await until(reached, `round ${goal}; ${process.said}`, 60_000);
      for (const voter of this.voters) voter.rest();
      const undecided = () => this.voters.flatMap((v) => v.unsettled.filter((r) => r <= goal));
      await until(() => undecided().length === 0, 'the fate of every update', 30_000);
      return { startSeconds, ending: await process.stop() };
    } finally {
      await process.kill();
    }
  }

  /** @param settled see {@link StateToCheck.settled} */
  async check(settled = false): Promise<CheckedState> {
    const { database, folder } = this.options;
    const { task, voters, seen, created } = this;
    const data = join(folder, 'data');
    const state = (place: StateToCheck['place']) => ({
      place,
      task,
      voters,
      seen,
      created,
      settled,
    });
    if (database !== undefined) {
      // Its tables are made by the first start, which must not be helped.
      if (!created) return unknownState(voters);
      await this.databaseWell();
      return checkState(state({ data, database }));
    } else if (existsSync(join(data, 'coordinator.db'))) {
      // A copy: whoever opens a database that was left open repairs it, and that is the next start's.
      const copy = join(folder, 'copy');
      try {
        cpSync(data, copy, { recursive: true });
        return await checkState(state({ data: copy }));
      } finally {
        rmSync(copy, { recursive: true, force: true });
      }
    }
    return unknownState(voters);
  }

  close(): void {
    for (const voter of this.voters) voter.close();
    rmSync(this.options.folder, { recursive: true, force: true });
  }

  private start(fault: CoordinatorLaunch['fault']): CoordinatorProcess {
    const { folder, database } = this.options;
    return CoordinatorProcess.start({
      data: join(folder, 'data'),
      database,
      port: this.port,
      task: join(folder, 'task.json'),
      extractor: join(folder, 'tiny.fhx'),
      fault,
      log: this.log,
    });
  }

  /** PostgreSQL starts itself again when one of its processes was killed. */
  private async databaseWell(): Promise<void> {
    const { database } = this.options;
    if (database === undefined) return;
    const answers = () =>
      query(database, 'select 1').then(
        () => true,
        () => false,
      );
    await until(answers, 'PostgreSQL after a crash', 30_000);
  }

  /**
   * Published rounds, as the coordinator answers; 0 where it does not. What clients are told is not
   * enough: a start publishes what it finds complete before anybody is connected.
   */
  private async published(): Promise<number> {
    const reply = await fetch(`${this.url}/v1/tasks/${this.task.id}`).catch(() => null);
    if (reply?.ok !== true) return 0;
    return ((await reply.json()) as TaskReply).latest.round;
  }

  private get log(): string {
    return join(this.options.folder, 'strace.log');
  }

  private async hit(process: CoordinatorProcess, fault: Fault): Promise<boolean> {
    if ('ms' in fault) return this.strikeFromOutside(process, fault);
    if (fault.at === 'disk-error') return this.meetDiskError(process);
    const done = this.nothingMoreToDo(process);
    const ending = await Promise.race([process.ended, done]);
    return ending?.signal === 'SIGKILL';
  }

  /** Its federation has ended, or it has had all the time that there is. */
  private async nothingMoreToDo(process: CoordinatorProcess): Promise<undefined> {
    const end = performance.now() + PATIENCE_MS;
    while (process.alive && performance.now() < end) {
      await delay(50);
      if ((await this.published()) >= this.task.federation.rounds) break;
    }
    // A moment for what is written after the last round.
    await delay(150);
    return undefined;
  }

  /** It may go on, where the error passes; or it must stop in order, and say why. */
  private async meetDiskError(process: CoordinatorProcess): Promise<boolean> {
    const lived = process.ready.then(() => delay(AFTER_ERROR_MS));
    const ending = await Promise.race([process.ended, lived]);
    if (ending !== undefined && (ending.code !== 1 || !CLEAR_ERROR.test(process.said))) {
      const how = `${JSON.stringify(ending)} and said ${JSON.stringify(process.said)}`;
      this.voters[0].problems.push(`an error of the disk: the coordinator ended with ${how}`);
    }
    await process.kill();
    return existsSync(this.log) && readFileSync(this.log, 'latin1').includes('(INJECTED)');
  }

  private async strikeFromOutside(
    process: CoordinatorProcess,
    fault: Extract<Fault, { ms: number }>,
  ): Promise<boolean> {
    if (fault.at !== 'start' && (await process.ready) === null) return false;
    await Promise.race([delay(fault.ms), process.ended]);
    if (fault.at !== 'backend') return (await process.kill()).signal === 'SIGKILL';
    const backends = await query(
      this.options.database ?? '',
      "select pid from pg_stat_activity where application_name = 'fedhybnn-coordinator' and pid in (select pid from pg_locks where locktype = 'advisory')",
    );
    for (const { pid } of backends) globalThis.process.kill(Number(pid), 'SIGKILL');
    // It must notice by itself, and stop.
    const ended = await Promise.race([process.ended, delay(PATIENCE_MS)]);
    if (ended === undefined) {
      this.voters[0].problems.push('the coordinator played on without its database');
    }
    return backends.length > 0;
  }
}

/** There is no database yet: nothing may have been acked. */
function unknownState(voters: readonly ResumingVoter[]): CheckedState {
  const acked = voters.reduce((sum, { receipts }) => sum + receipts.size, 0);
  return { rounds: 0, acked, lost: acked, problems: acked > 0 ? ['all is gone (I1)'] : [] };
}

const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
