/**
 * Many faults, one after another, and what still held after each. A federation lives through some
 * twenty of them in its folder; then it must go on, stop in order and account for every update.
 */
import { join } from 'node:path';
import type { CheckedState } from './check-state.js';
import { FederationUnderFault } from './federation-under-fault.js';
import { drawFault, everySync, type Fault, type FaultKind } from './next-fault.js';

/** Faults that one folder lives through. */
const FAULTS_A_FOLDER = 20;
/** Rounds of the federation whose every sync is struck once. */
const WHOLE_RUN_ROUNDS = 4;
const MANY_ROUNDS = 1_000_000;

export interface SweepOptions {
  readonly kind: FaultKind;
  readonly kills: number;
  readonly seed: number;
  /** Folder for the federations' folders. */
  readonly folder: string;
  /** Makes an empty database for each folder. */
  readonly database?: (() => Promise<string>) | undefined;
  readonly onProgress?: (summary: SweepSummary) => void;
}

export interface SweepSummary {
  readonly kind: FaultKind;
  readonly seed: number;
  /** Faults that struck. */
  kills: number;
  /** …by their sort. */
  readonly faults: Record<string, number>;
  folders: number;
  /** Receipts that clients held at the end of each folder. */
  acked: number;
  /** Receipts that the store did not have as they say; must be 0. */
  lost: number;
  /** Published rounds. */
  rounds: number;
  /** Seconds from the start of the process to the first answer. */
  worstRestartSeconds: number;
  meanRestartSeconds: number;
  seconds: number;
  readonly invariants: Record<'I1' | 'I2' | 'I3' | 'I4' | 'I5', 'held' | 'broken'>;
  /** The first violations, in words; must be empty. */
  readonly problems: string[];
}

export async function sweep(options: SweepOptions): Promise<SweepSummary> {
  const running = new Sweep(options);
  if (options.kind === 'sync') await running.everySyncOnce();
  await running.drawnFaults();
  return running.summary;
}

class Sweep {
  readonly summary: SweepSummary;
  private readonly started = performance.now();
  private restarts = 0;

  constructor(private readonly options: SweepOptions) {
    const { kind, seed } = options;
    this.summary = {
      ...{ kind, seed, kills: 0, faults: {}, folders: 0, acked: 0, lost: 0, rounds: 0 },
      ...{ worstRestartSeconds: 0, meanRestartSeconds: 0, seconds: 0, problems: [] },
      invariants: { I1: 'held', I2: 'held', I3: 'held', I4: 'held', I5: 'held' },
    };
  }

  /** At most half of the kills: a fresh federation for each sync of a whole run. */
  async everySyncOnce(): Promise<void> {
    const most = this.options.kills / 2;
    for (const sort of ['file-sync', 'database-sync'] as const) {
      let struck = true;
      for (let nth = 1; struck && this.summary.kills < most; nth++) {
        await this.federation(WHOLE_RUN_ROUNDS, async (federation) => {
          struck = await this.strike(federation, everySync(sort, nth));
          if (!struck && nth === 1) this.problems([`no ${sort} can be struck here`]);
        });
      }
    }
  }

  async drawnFaults(): Promise<void> {
    const { kind, kills, seed } = this.options;
    let drawn = 0;
    while (this.summary.kills < kills) {
      const before = this.summary.kills;
      await this.federation(MANY_ROUNDS, async (federation) => {
        for (let i = 0; i < FAULTS_A_FOLDER && this.summary.kills < kills; i++) {
          await this.strike(federation, drawFault(kind, seed, drawn++));
        }
      });
      if (this.summary.kills === before) throw new Error('none of twenty faults struck');
    }
  }

  private async federation(
    rounds: number,
    faults: (federation: FederationUnderFault) => Promise<void>,
  ): Promise<void> {
    const { summary, options } = this;
    const number = ++summary.folders;
    const federation = await FederationUnderFault.open({
      folder: join(options.folder, `federation-${number}`),
      rounds,
      seed: options.seed + number,
      database: await options.database?.(),
    });
    try {
      await faults(federation);
      const { startSeconds, ending } = await federation.finish(2);
      this.restarted(startSeconds);
      if (ending.code !== 0) this.problems([`SIGTERM: ended with ${JSON.stringify(ending)}`]);
      const { acked, rounds: published, ...state } = await federation.check(true);
      summary.acked += acked;
      summary.rounds += published;
      this.found(state);
    } catch (error) {
      this.problems([`federation ${number}: ${error instanceof Error ? error.message : error}`]);
    } finally {
      federation.close();
    }
  }

  private async strike(federation: FederationUnderFault, fault: Fault): Promise<boolean> {
    const { summary } = this;
    const { hit, startSeconds } = await federation.strike(fault);
    if (startSeconds !== null) this.restarted(startSeconds);
    if (hit) {
      summary.kills++;
      summary.faults[fault.at] = (summary.faults[fault.at] ?? 0) + 1;
    }
    this.found(await federation.check());
    summary.seconds = seconds(performance.now() - this.started);
    this.options.onProgress?.(summary);
    return hit;
  }

  private restarted(took: number): void {
    const { summary } = this;
    summary.worstRestartSeconds = Math.max(summary.worstRestartSeconds, seconds(1000 * took));
    const sum = summary.meanRestartSeconds * this.restarts + took;
    summary.meanRestartSeconds = seconds((1000 * sum) / ++this.restarts);
  }

  private found({ lost, problems }: Pick<CheckedState, 'lost' | 'problems'>): void {
    this.summary.lost = Math.max(this.summary.lost, lost);
    this.problems(problems);
  }

  private problems(problems: readonly string[]): void {
    const { summary } = this;
    for (const problem of problems) {
      for (const [name] of problem.matchAll(/\bI[1-5]\b/g)) {
        summary.invariants[name as keyof SweepSummary['invariants']] = 'broken';
      }
      if (summary.problems.length < 20 && !summary.problems.includes(problem)) {
        summary.problems.push(problem);
      }
    }
  }
}

/** To the millisecond. */
function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}
