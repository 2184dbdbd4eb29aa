/** Groups of runs beside each other: figures and tables with statistics over seeds. */
import { type Dot, dotPlot } from '../plots/dot-plot.js';
import type { Figure, FigureSize } from '../plots/figure.js';
import { type LinePoint, linePlot } from '../plots/line-plot.js';
import { STYLE_COLORS, STYLE_DASHES } from '../plots/palette.js';
import { bytesText, durationText, percentText } from '../plots/units.js';
import { fairnessOf } from './client-figures.js';
import { type RunGroup, settingText } from './group-runs.js';
import { learningPoints, type Progression, progressionAxis } from './learning-figures.js';
import type { Table } from './page.js';
import {
  PERSONAL_HEAD,
  personalCells,
  personalComparison,
  personalOf,
} from './personal-figures.js';
import { pairedDifference, statisticsOf, statisticsText } from './statistics.js';

/** Groups in a plot of lines; more cannot be told apart. */
const LINES = 14;

/** Final accuracies of a group, in [0, 1]. */
export function accuraciesOf({ runs }: RunGroup): number[] {
  return runs.map(({ summary }) => summary.finalAccuracy);
}

function meanOf(group: RunGroup): number {
  return statisticsOf(accuraciesOf(group))?.mean ?? 0;
}

/** The groups, the best first. */
export function ranked(groups: readonly RunGroup[]): RunGroup[] {
  return [...groups].sort((a, b) => meanOf(b) - meanOf(a));
}

export function comparisonFigures(groups: readonly RunGroup[]): Figure[] {
  return [finalFigure(groups), ...lineFigures(groups), ...personalComparison(ranked(groups))];
}

/** The two settings with the most values are rows and columns; the others are named in the rows. */
function finalFigure(groups: readonly RunGroup[]): Figure {
  const [best] = ranked(groups);
  const columnKey = columnOf(groups);
  const seeds = Math.max(...groups.map(({ runs }) => runs.length));
  const dots = groups.map((group): Dot => {
    const { mean, deviation = 0 } = statisticsOf(accuraciesOf(group)) ?? { mean: 0 };
    const column = columnKey === undefined ? '' : settingText(columnKey, group.varied[columnKey]);
    return {
      row: columnKey === undefined ? group.name : rowName(group, columnKey),
      column,
      ...{ mean: 100 * mean, low: 100 * (mean - deviation), high: 100 * (mean + deviation) },
    };
  });
  return {
    name: 'final',
    title: `Best after the last round: ${best.name}, ${accuracyText(best)} %`,
    note:
      seeds > 1
        ? `Mean accuracy on the test set over the seeds of each setting (at most ${seeds}); lines: ± sample deviation.`
        : 'Accuracy on the test set; one seed for each setting, so small differences mean little.',
    draw: (size) => dotPlot({ label: 'accuracy on the test set, %', dots }, size) ?? '',
  };
}

/** The setting with the most values, if it takes each value with every other setting. */
function columnOf(groups: readonly RunGroup[]): string | undefined {
  const keys = Object.keys(groups[0].varied);
  if (keys.length < 2) return undefined;
  const counts = keys.map((key) => new Set(groups.map(({ varied }) => varied[key])).size);
  const rowsOf = (key: string) => new Set(groups.map((group) => rowName(group, key))).size;
  const fitting = keys.filter((key, i) => counts[i] > 1 && counts[i] <= 7 && rowsOf(key) > 1);
  return fitting.sort((a, b) => rowsOf(a) - rowsOf(b))[0];
}

/** In a grid of two settings, one is the color and the other the dash. */
function stylesOf(groups: readonly RunGroup[]): (group: RunGroup) => number {
  const columnKey = columnOf(groups);
  const inOrder = (group: RunGroup) => groups.indexOf(group);
  if (columnKey === undefined) return inOrder;
  const rows = [...new Set(groups.map((group) => rowName(group, columnKey)))];
  const columns = [...new Set(groups.map(({ varied }) => varied[columnKey]))];
  if (rows.length > STYLE_DASHES) return inOrder;
  return (group) =>
    columns.indexOf(group.varied[columnKey]) +
    STYLE_COLORS * rows.indexOf(rowName(group, columnKey));
}

function rowName({ varied }: RunGroup, columnKey: string): string {
  const parts = Object.entries(varied).flatMap(([key, value]) =>
    key === columnKey || value === '–' ? [] : [settingText(key, value)],
  );
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function lineFigures(groups: readonly RunGroup[]): Figure[] {
  const shown = ranked(groups).slice(0, LINES);
  const left = groups.length - shown.length;
  const more = left > 0 ? ` The best ${LINES} of ${groups.length} settings.` : '';
  const titles: Readonly<Record<Progression, string>> = {
    rounds: 'Which setting learns fastest by rounds?',
    bytes: 'What does accuracy cost in bytes?',
    time: 'Which is fastest in simulated time?',
  };
  const log = spreadOfBytes(groups) > 4;
  const style = stylesOf(groups);
  return (['rounds', 'bytes', 'time'] as const).flatMap((over): Figure[] => {
    const lines = shown.map((group) => ({
      ...{ title: group.name, style: style(group), points: meanPoints(group, over) },
    }));
    if (lines.every(({ points }) => points.length < 2)) return [];
    const axis = progressionAxis(over);
    const draw = (size: FigureSize) =>
      linePlot(
        {
          x: over === 'bytes' && log ? { ...axis, label: `${axis.label} (log scale)`, log } : axis,
          y: { label: 'accuracy on the test set, %' },
          lines,
        },
        size,
      ) ?? '';
    const band = shown.some(({ runs }) => runs.length > 1) ? ' Bands: ± sample deviation.' : '';
    const note = `Mean over the seeds of a setting, and its value after the last round.${band}${more}`;
    return [{ name: `accuracy-${over}`, title: titles[over], note, draw }];
  });
}

function spreadOfBytes(groups: readonly RunGroup[]): number {
  const bytes = groups.flatMap(({ runs }) =>
    runs.map(({ summary }) => summary.uplinkBytes + summary.downlinkBytes),
  );
  return Math.max(...bytes) / Math.max(1, Math.min(...bytes));
}

/** Of the rounds that all seeds of a group have evaluated; x is that of the first seed. */
function meanPoints({ runs }: RunGroup, over: Progression): LinePoint[] {
  const all = runs.map(({ rounds }) => learningPoints(rounds, over));
  const length = Math.min(...all.map((points) => points.length));
  return all[0].slice(0, length).map(({ x }, i) => {
    const statistics = statisticsOf(all.map((points) => points[i].y));
    const { mean = 0, deviation } = statistics ?? {};
    return {
      ...{ x, y: mean },
      ...(deviation !== undefined && { low: mean - deviation, high: mean + deviation }),
    };
  });
}

/** In percent, with its deviation. */
export function accuracyText(group: RunGroup): string {
  return statisticsText(statisticsOf(accuraciesOf(group)), { scale: 100, digits: 2 });
}

/** A row a setting, the best first. */
export function comparisonTable(groups: readonly RunGroup[]): Table {
  const fair = groups.some(({ runs }) => runs.some((run) => fairnessOf(run) !== undefined));
  const personal = groups.some((group) => personalOf(group).length > 0);
  return {
    head: [
      ...['setting', 'seeds', 'accuracy, %', ...(fair ? ['worst tenth of clients, %'] : [])],
      ...(personal ? PERSONAL_HEAD : []),
      ...['bits per parameter, up', 'down', 'bytes in all', 'time'],
    ],
    rows: ranked(groups).map((group) => {
      const { runs } = group;
      const mean = (pick: (run: RunGroup['runs'][number]) => number) =>
        statisticsOf(runs.map(pick))?.mean ?? 0;
      const worst = runs.flatMap((run) => fairnessOf(run)?.worstTenth ?? []);
      return [
        ...[group.name, String(runs.length), accuracyText(group)],
        ...(fair ? [statisticsText(statisticsOf(worst), { scale: 100, digits: 2 })] : []),
        ...(personal ? personalCells(group) : []),
        mean(({ summary }) => summary.uplinkBpp).toFixed(3),
        mean(({ summary }) => summary.downlinkBpp).toFixed(3),
        bytesText(mean(({ summary }) => summary.uplinkBytes + summary.downlinkBytes)),
        durationText(mean(({ summary }) => summary.seconds)),
      ];
    }),
  };
}

/** The best setting against each other one, over the seeds that both were played with. */
export function differencesTable(groups: readonly RunGroup[]): Table {
  const [best, ...others] = ranked(groups);
  return {
    head: ['the best is better than', 'by points', '95 % confidence interval', 'shared seeds'],
    rows: others.map((other) => {
      const pairs = best.runs.flatMap(({ summary }) => {
        const twin = other.runs.find((run) => run.summary.seed === summary.seed);
        if (twin === undefined) return [];
        return [[100 * summary.finalAccuracy, 100 * twin.summary.finalAccuracy] as const];
      });
      const difference = pairedDifference(pairs);
      if (difference === undefined) return [other.name, '–', 'no shared seed', '0'];
      const { mean, margin, seeds } = difference;
      const interval =
        margin === undefined
          ? 'needs two seeds'
          : `${signed(mean - margin)} to ${signed(mean + margin)}${mean - margin <= 0 ? ': not certain' : ''}`;
      return [other.name, signed(mean), interval, String(seeds)];
    }),
  };
}

function signed(points: number): string {
  return points.toFixed(2).replace('-', '−');
}

/**
 * Each run by itself.
 * @param linkOf address of a run's report
 */
export function runsTable(
  groups: readonly RunGroup[],
  linkOf: (run: RunGroup['runs'][number]) => string | undefined,
): Table {
  return {
    head: ['setting', 'seed', 'accuracy', 'best', 'rounds', 'model'],
    links: groups.flatMap(({ runs }) => runs.map(linkOf)),
    rows: groups.flatMap(({ name, runs }) =>
      runs.map(({ summary }) => [
        ...[name, String(summary.seed), percentText(summary.finalAccuracy)],
        ...[percentText(summary.bestAccuracy), String(summary.rounds)],
        summary.modelHash.slice(0, 12),
      ]),
    ),
  };
}
