/** Plays the runs of a grid that are not finished yet, each into a folder of its own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FederationError } from '@fedhybnn/shared';
import * as z from 'zod';
import type { RoundMetrics } from '../engine/round-metrics.js';
import { readInitialModel } from '../run/initial-model.js';
import { KeptData } from '../run/kept-data.js';
import type { RunOptions } from '../run/options.js';
import { run } from '../run/run.js';
import type { GridCase } from './grid-cases.js';

/** What of `run.json` says that a run need not be played again. */
const finishedSchema = z.object({
  complete: z.literal(true),
  summary: z.object({ finalAccuracy: z.number() }),
  initial: z.object({ sha256: z.string() }).optional(),
});

/** What happens to the runs; a view shows it. */
export interface GridEvents {
  /** A finished run of an earlier start is there. */
  kept(which: GridCase, accuracy: number): void;
  started(which: GridCase): void;
  note(text: string): void;
  round(which: GridCase, metrics: RoundMetrics): void;
  finished(which: GridCase, accuracy: number): void;
  failed(which: GridCase, error: FederationError): void;
}

export interface PlayedGrid {
  /** Folders of the finished runs, in the order of the cases. */
  readonly folders: readonly string[];
  readonly failures: readonly { readonly which: GridCase; readonly error: FederationError }[];
}

export interface GridFolders {
  readonly out: string;
  /** Of event files. */
  readonly tensorboard?: string | undefined;
}

/** The folder of a run within the grid's. */
export function caseFolder(out: string, { folder }: GridCase): string {
  return join(out, 'runs', folder);
}

/**
 * A run that fails is told and left out; the others go on.
 * @param signal ends the run in progress; the next start goes on with it from its last checkpoint
 */
export async function playGrid(
  cases: readonly GridCase[],
  folders: GridFolders,
  events: GridEvents,
  signal: AbortSignal,
): Promise<PlayedGrid> {
  const { out } = folders;
  const done = new Set<GridCase>();
  for (const which of cases) {
    const accuracy = await finishedAccuracy(caseFolder(out, which), which.options);
    if (accuracy === undefined) continue;
    done.add(which);
    events.kept(which, accuracy);
  }
  const failures: { which: GridCase; error: FederationError }[] = [];
  const kept = new KeptData();
  for (const which of cases) {
    if (signal.aborted) break;
    if (done.has(which)) continue;
    events.started(which);
    try {
      const accuracy = await playOne(which, folders, events, signal, kept);
      if (accuracy === undefined) break;
      done.add(which);
      events.finished(which, accuracy);
    } catch (thrown) {
      const error = FederationError.from(thrown);
      failures.push({ which, error });
      events.failed(which, error);
    }
  }
  const finished = cases.filter((which) => done.has(which));
  return { folders: finished.map((which) => caseFolder(out, which)), failures };
}

/** @returns nothing if it was interrupted */
async function playOne(
  which: GridCase,
  { out, tensorboard }: GridFolders,
  events: GridEvents,
  signal: AbortSignal,
  kept: KeptData,
): Promise<number | undefined> {
  const progress = {
    note: (text: string) => events.note(text),
    start: () => {},
    round: (metrics: RoundMetrics) => events.round(which, metrics),
    stop: () => {},
  };
  const options = {
    ...which.options,
    out: caseFolder(out, which),
    // Where it was interrupted, if it was, and if such a run can.
    resume: which.options.mode === 'in-process' && which.options.aggregation === undefined,
    ...(tensorboard !== undefined && { tensorboard: join(tensorboard, which.folder) }),
  };
  const summary = await run(options, progress, signal, { settings: which.settings, kept });
  if (signal.aborted && summary.rounds < options.rounds) return undefined;
  // Loads the plotting libraries: only now.
  const { writeRunPage } = await import('../report/write-run-report.js');
  await writeRunPage(options.out);
  return summary.finalAccuracy;
}

/** Of a run that is there as a whole. */
async function finishedAccuracy(
  folder: string,
  { initFrom }: RunOptions,
): Promise<number | undefined> {
  const text = await readFile(join(folder, 'run.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { summary, initial } = finishedSchema.parse(JSON.parse(text));
    // The file may have another model since.
    const same =
      initFrom === undefined || (await readInitialModel(initFrom)).sha256 === initial?.sha256;
    return same ? summary.finalAccuracy : undefined;
  } catch {
    return undefined;
  }
}
