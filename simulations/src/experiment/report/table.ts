/** The table of a section: headings and rows of text, however it is shown then. */

import { statisticsOf, statisticsText } from '../../report/statistics.js';
import type { CaseResult } from '../case-result.js';
import type { PlayedCase, PlayedSection } from '../play-experiment.js';

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

type Metric = keyof NonNullable<CaseResult['multiLabel']>;

const METRICS: readonly (readonly [Metric, string])[] = [
  ['hammingLoss', 'Hamming loss'],
  ['rankingLoss', 'ranking loss'],
  ['oneError', 'one-error'],
  ['averagePrecision', 'average precision'],
  ['microF1', 'micro F1'],
  ['macroF1', 'macro F1'],
];

/**
 * A table of the section's kind; cases without results have dashes.
 * @param seeds that were asked for: what rests on fewer says so
 */
export function tableOf(section: PlayedSection, seeds: number): Table {
  if (section.table === 'pivot') return pivot(section.cases, seeds);
  if (section.table === 'multi-label') return multiLabel(section.cases);
  return list(section.cases, seeds);
}

function pivot(cases: readonly PlayedCase[], seeds: number): Table {
  const columns = [...new Set(cases.map(({ column }) => column))];
  const rows = [...new Set(cases.map(({ row }) => row))];
  return {
    head: ['', ...columns],
    rows: rows.map((row) => [
      row,
      ...columns.map((column) => {
        const own = cases.find((which) => which.row === row && which.column === column);
        return own === undefined ? '' : accuracyText(own, seeds);
      }),
    ]),
  };
}

function multiLabel(cases: readonly PlayedCase[]): Table {
  return {
    head: ['', ...METRICS.map(([, title]) => title), 'seconds'],
    rows: cases.map((which) => [
      which.row,
      ...METRICS.map(([metric]) => {
        const values = which.results.flatMap(({ result }) => result.multiLabel?.[metric] ?? []);
        return statisticsText(statisticsOf(values), { digits: 3 });
      }),
      secondsText(which),
    ]),
  };
}

function list(cases: readonly PlayedCase[], seeds: number): Table {
  return {
    head: [
      ...['', 'accuracy, %', 'bits per parameter, up', 'down', 'parameters'],
      ...['first download, kB', 'then, all rounds, kB', 'seconds'],
    ],
    rows: cases.map((which) => {
      const [first] = which.results;
      const federation = first?.result.federation;
      const all = federation?.rounds.reduce((sum, { bytes }) => sum + bytes, 0);
      return [
        which.row,
        accuracyText(which, seeds),
        ...[federation?.uplinkBpp.toFixed(3), federation?.downlinkBpp.toFixed(3)],
        first?.result.parameters.toLocaleString('en'),
        ...[kilobytes(federation?.onceBytes), kilobytes(all)],
        secondsText(which),
      ].map((text) => text ?? '–');
    }),
  };
}

/** In percent. */
function accuracyText({ results }: PlayedCase, seeds: number): string {
  const values = results.map(({ result }) => result.accuracy);
  const text = statisticsText(statisticsOf(values), { scale: 100, digits: 2 });
  if (values.length === 0 || values.length === seeds) return text;
  return `${text} (${values.length} of ${seeds} seeds)`;
}

function secondsText({ results }: PlayedCase): string {
  const mean = statisticsOf(results.map(({ result }) => result.seconds))?.mean;
  return mean === undefined ? '–' : mean.toFixed(mean < 10 ? 1 : 0);
}

function kilobytes(bytes: number | undefined): string | undefined {
  return bytes === undefined ? undefined : Math.round(bytes / 1000).toLocaleString('en');
}
