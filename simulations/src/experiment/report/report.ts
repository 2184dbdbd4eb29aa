/** What all forms of a report say around the tables. */

import { durationText } from '../../plots/units.js';
import type { Hardware } from '../case-result.js';
import type { PlayedCase, PlayedSection } from '../play-experiment.js';

export interface Report {
  readonly title: string;
  /** The command that was given. */
  readonly command: string;
  readonly seeds: readonly number[];
  readonly quick: boolean;
  readonly sections: readonly PlayedSection[];
}

/** What a reader must know before any figure. */
export function preface(report: Report): string[] {
  const [smoke, rest] = [report.quick ? [SMOKE] : [], conditions(report)];
  return [...smoke, `Made by: ${report.command}`, ...rest];
}

const SMOKE = 'Smoke run: two rounds of two clients, 32 neurons. These figures mean nothing.';

/** What the figures rest on. */
export function conditions({ seeds, sections }: Report): string[] {
  const hasBytes = sections.some(({ table }) => table === 'list');
  return [
    `Seeds ${seeds.join(', ')}: mean ± sample deviation, on the full test set after the last round.`,
    ...(hasBytes
      ? [
          'Bytes are those of one client that takes part in every round; the first download is the extractor file and the initial model.',
        ]
      : []),
    measuredOn(sections.flatMap((section) => section.cases)),
  ];
}

/** What this machine lacks the data for. */
export function skippedLines({ sections }: Report): string[] {
  const lines = sections.flatMap(({ name, cases }) =>
    cases.flatMap(({ row, skipped }) =>
      skipped === undefined ? [] : [`Not measured: ${name}, ${row}: ${skipped}`],
    ),
  );
  return [...new Set(lines)];
}

function measuredOn(cases: readonly PlayedCase[]): string {
  const machines = new Set(
    cases.flatMap(({ results }) => results.map(({ result }) => textOf(result.hardware))),
  );
  if (machines.size === 0) return 'Nothing was measured yet.';
  return `Measured in ${totalTime(cases)} of training on ${[...machines].join('; ')}.`;
}

function totalTime(cases: readonly PlayedCase[]): string {
  const seconds = new Map<string, number>();
  for (const { results } of cases) {
    for (const { result } of results) {
      // A case of two sections was measured once.
      seconds.set(result.federation?.modelHash ?? JSON.stringify(result), result.seconds);
    }
  }
  return durationText([...seconds.values()].reduce((sum, value) => sum + value, 0));
}

function textOf({ cpu, cores, node }: Hardware): string {
  return `${cpu}, ${cores} cores, Node ${node}`;
}
