/** Verifications that operators have asked for: one at a time, each in a process of its own. */
import { type ChildProcess, fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type ErrorBody, FederationError, type VerificationReply } from '@fedhybnn/shared';
import type { VerifyReport } from '../coordinator/verify.js';
import type { StorePlace } from '../store/open-store.js';

/** What the process is told. */
export interface VerifyOrder extends StorePlace {
  readonly task: string;
}

/** What it answers: `round` any number of times, then one of the others. */
export type VerifyAnswer =
  | { readonly type: 'round'; readonly round: number }
  | { readonly type: 'report'; readonly report: VerifyReport }
  | { readonly type: 'error'; readonly error: ErrorBody };

/** The built file, from the built and from the source folder alike. */
const PROCESS = fileURLToPath(
  new URL('../../dist/verification/verify-process.js', import.meta.url),
);

const NEVER: VerificationReply = {
  ...{ state: 'none', startedAt: null, finishedAt: null, round: 0, rounds: 0 },
  ...{ report: null, error: null },
};

export class Verifications {
  private readonly states = new Map<string, VerificationReply>();
  private queue: Promise<void> = Promise.resolve();
  private child: ChildProcess | undefined;
  private closed = false;

  constructor(private readonly place: StorePlace) {}

  /** The last one of a task, since the coordinator has started. */
  of(task: string): VerificationReply {
    return this.states.get(task) ?? NEVER;
  }

  /**
   * Begins one, after those that were asked for before; one that is under way goes on.
   * @param rounds how many are published
   */
  start(task: string, rounds: number): VerificationReply {
    const now = this.of(task);
    if (now.state === 'running' || now.state === 'waiting') return now;
    this.states.set(task, { ...NEVER, state: 'waiting', rounds });
    this.queue = this.queue.then(() => this.run(task));
    return this.of(task);
  }

  /** Ends the one that is under way. */
  async close(): Promise<void> {
    this.closed = true;
    this.child?.kill('SIGKILL');
    await this.queue;
  }

  private async run(task: string): Promise<void> {
    if (this.closed) return;
    this.change(task, { state: 'running', startedAt: Date.now() });
    const answer = await this.answerOf(task);
    const finishedAt = Date.now();
    if (answer.type === 'report') {
      const { report } = answer;
      const round = report.rounds + report.forgotten;
      this.change(task, { state: 'passed', finishedAt, round, rounds: round, report });
    } else {
      this.change(task, { state: 'failed', finishedAt, error: answer.error });
    }
  }

  private answerOf(task: string): Promise<Exclude<VerifyAnswer, { type: 'round' }>> {
    const { data, database } = this.place;
    return new Promise((resolve) => {
      const failed = (why: string) => {
        const error = new FederationError(
          'internal',
          `the journal was not verified: ${why}; try "fedhybnn-coordinator verify --task ${task}"`,
        );
        resolve({ type: 'error', error: error.toBody() });
      };
      // Without conditions and loaders of the parent (a test runner's): the file is built.
      const child = fork(PROCESS, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      this.child = child;
      child.once('spawn', () => beModest(child));
      child.once('error', (cause) => failed(cause.message));
      child.once('exit', (code, signal) => failed(`its process ended (${signal ?? code})`));
      child.on('message', (message) => {
        const answer = message as VerifyAnswer;
        if (answer.type === 'round') this.change(task, { round: answer.round });
        else resolve(answer);
      });
      // By a message: arguments can be read by everybody on the machine, and a database's address
      // may hold a password.
      child.send({ data, database, task } satisfies VerifyOrder, (error) => {
        if (error !== null) failed(error.message);
      });
    });
  }

  private change(task: string, to: Partial<VerificationReply>): void {
    this.states.set(task, { ...this.of(task), ...to });
  }
}

/** Clients come first. */
function beModest({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Some systems do not allow it.
  }
}
