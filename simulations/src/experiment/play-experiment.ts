/** Plays the cases of an experiment, or takes them from the cache, and tells how long is left. */
import { FederationError } from '@fedhybnn/shared';
import { durationText, percentText as percent } from '../plots/units.js';
import type { CaseCache, CaseResult } from './case-result.js';
import { CasePreparer, type PreparedCase } from './prepare-case.js';
import type { ExperimentCase, Section } from './section.js';
import { TimeLeft } from './time-left.js';

/** The results of a case by seed, or why there are none. */
export interface PlayedCase extends ExperimentCase {
  readonly results: readonly { readonly seed: number; readonly result: CaseResult }[];
  /** Of the first seed that could not be played: what is missing on this machine. */
  readonly skipped?: string;
}

export interface PlayedSection extends Omit<Section, 'cases'> {
  readonly cases: readonly PlayedCase[];
}

export interface PlayOptions {
  readonly seeds: readonly number[];
  readonly workers: number;
  readonly cache: CaseCache;
  /** Ends the case in progress, which is lost, and plays no other. */
  readonly signal: AbortSignal;
  /** Takes lines of progress. */
  readonly note: (line: string) => void;
  /** Takes the round of the case in progress. */
  readonly onRound?: (text: string) => void;
}

interface Entry {
  readonly section: Section;
  readonly which: ExperimentCase;
  readonly seed: number;
}

interface PreparedEntry extends Entry {
  readonly prepared: PreparedCase;
}

/** Short cases first, so that after an interruption as many as possible are there. */
export async function playExperiment(
  sections: readonly Section[],
  options: PlayOptions,
): Promise<PlayedSection[]> {
  const { cache, note, signal } = options;
  const skipped = new Map<ExperimentCase, string>();
  const entries = await prepareAll(sections, options, skipped);
  const results = new Map<string, CaseResult>();
  const missing = new Map<string, PreparedEntry>();
  for (const entry of entries) {
    const { key } = entry.prepared;
    const kept = await cache.get(key);
    if (kept !== undefined) results.set(key, kept);
    else if (!missing.has(key)) missing.set(key, entry);
  }
  const order = [...missing].sort(([, a], [, b]) => a.prepared.seconds - b.prepared.seconds);
  const timeLeft = new TimeLeft(order.map(([, { prepared }]) => prepared.seconds));
  note(`${results.size} results are there, ${missing.size} to measure`);
  let count = 0;
  for (const [key, entry] of order) {
    const title = `[${++count}/${missing.size}] ${titleOf(entry)}`;
    const started = performance.now();
    // Another process may have measured it meanwhile.
    const result = (await cache.get(key)) ?? (await playOne(title, entry, options));
    // An aborted case has fewer rounds than it should: it is lost.
    if (signal.aborted) break;
    await cache.put(key, result);
    results.set(key, result);
    const seconds = (performance.now() - started) / 1000;
    timeLeft.done(entry.prepared.seconds, seconds);
    const left = count < missing.size ? `, about ${durationText(timeLeft.seconds())} left` : '';
    note(`${title}: ${percent(result.accuracy)} in ${durationText(seconds)}${left}`);
  }
  return sections.map((section) => ({
    ...section,
    cases: section.cases.map((which) => {
      const own = entries.flatMap(({ which: other, seed, prepared }) => {
        const result = other === which ? results.get(prepared.key) : undefined;
        return result === undefined ? [] : [{ seed, result }];
      });
      const reason = skipped.get(which);
      return { ...which, results: own, ...(reason !== undefined && { skipped: reason }) };
    }),
  }));
}

/** All that this machine has the data for; the others are told and left out. */
async function prepareAll(
  sections: readonly Section[],
  { seeds, workers, note, signal }: PlayOptions,
  skipped: Map<ExperimentCase, string>,
): Promise<PreparedEntry[]> {
  const preparer = new CasePreparer(workers);
  const entries: PreparedEntry[] = [];
  for (const seed of seeds) {
    for (const section of sections) {
      for (const which of section.cases) {
        if (signal.aborted) return entries;
        if (skipped.has(which)) continue;
        try {
          const prepared = await preparer.prepare(which, seed);
          entries.push({ section, which, seed, prepared });
        } catch (error) {
          const reason = reasonToSkip(error);
          skipped.set(which, reason);
          note(`skipped: ${titleOf({ section, which, seed })}: ${reason}`);
        }
      }
    }
  }
  return entries;
}

/** @throws what is no lack of data on this machine */
function reasonToSkip(thrown: unknown): string {
  const error = FederationError.from(thrown);
  if (error.code === 'dataset-missing' || error.code === 'unknown-file') return error.message;
  throw thrown;
}

async function playOne(
  title: string,
  { prepared }: PreparedEntry,
  { signal, onRound }: PlayOptions,
): Promise<CaseResult> {
  return prepared.play(signal, ({ round, accuracy }) => {
    if (accuracy !== null) onRound?.(`${title}: round ${round}, ${percent(accuracy)}`);
  });
}

function titleOf({ section, which: { row, column }, seed }: Entry): string {
  return `${section.name}: ${[row, column].filter((text) => text !== '').join(', ')}, seed ${seed}`;
}
