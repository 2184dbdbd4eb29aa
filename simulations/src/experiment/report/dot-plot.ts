/** Final accuracies with their deviations: a line for each row, a symbol for each column. */
import * as Plot from '@observablehq/plot';
import { styleOf } from '../../plots/palette.js';
import { svgDocument } from '../../plots/svg.js';
import type { PlayedSection } from '../play-experiment.js';
import { statisticsOf } from '../statistics.js';

interface Dot {
  readonly row: string;
  readonly column: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

const WIDTH = 860;
/** Of a row, of a line of the legend. */
const [ROW, LEGEND] = [40, 18];

/** @returns nothing where there are no results yet */
export function dotPlot(section: PlayedSection): string | undefined {
  const dots = section.cases.flatMap(({ row, column, results }): Dot[] => {
    const values = results.map(({ result }) => 100 * result.accuracy);
    const statistics = statisticsOf(values);
    if (statistics === undefined) return [];
    const { mean, deviation = 0 } = statistics;
    return [{ row, column, mean, low: mean - deviation, high: mean + deviation }];
  });
  if (dots.length === 0) return undefined;
  const rows = [...new Set(dots.map(({ row }) => row))];
  const columns = [...new Set(dots.map(({ column }) => column))];
  const marginTop = 44 + LEGEND * columns.length + 8;
  const height = marginTop + ROW * rows.length + 46;
  // Symbols of one row stand one below the other, so that none hides another.
  const shift = (column: string) =>
    ((columns.indexOf(column) + 1) / (columns.length + 1) - 0.5) * 28;
  return svgDocument({
    ...{ width: WIDTH, height, marginTop, marginRight: 30, marginBottom: 46 },
    marginLeft: 24 + 6.4 * Math.max(...rows.map((row) => row.length)),
    x: { grid: true, domain: domainOf(dots) },
    y: { type: 'band', domain: rows, label: null, tickSize: 0, padding: 0 },
    title: section.title,
    marks: [
      Plot.axisX({
        label: 'accuracy on the test set, % (lines: ± sample deviation)',
        ...{ labelArrow: 'none', labelAnchor: 'center' },
      }),
      Plot.ruleY(rows.slice(1), { y: (row) => row, dy: -ROW / 2, stroke: '#ddd' }),
      ...columns.flatMap((column, index) => {
        const { color, symbol } = styleOf(index);
        const own = dots.filter((dot) => dot.column === column);
        return [
          Plot.ruleY(own, {
            ...{ x1: 'low', x2: 'high', y: 'row', dy: shift(column) },
            ...{ stroke: color, strokeWidth: 2 },
          }),
          Plot.dot(own, {
            ...{ x: 'mean', y: 'row', dy: shift(column), symbol, fill: color, r: 5 },
          }),
          ...legendLine(column, index, marginTop),
        ];
      }),
    ],
  });
}

function legendLine(column: string, index: number, marginTop: number): Plot.Markish[] {
  const { color, symbol } = styleOf(index);
  const dy = 50 + LEGEND * index - marginTop;
  return [
    Plot.dot([column], { frameAnchor: 'top-left', dx: 6, dy, symbol, fill: color, r: 5 }),
    Plot.text([column], {
      frameAnchor: 'top-left',
      lineAnchor: 'middle',
      dx: 18,
      dy,
      fontSize: 12,
    }),
  ];
}

function domainOf(dots: readonly Dot[]): [number, number] {
  const least = Math.min(...dots.map(({ low }) => low));
  const most = Math.max(...dots.map(({ high }) => high));
  return [Math.max(0, Math.floor(least - 0.5)), Math.min(100, Math.ceil(most + 0.5))];
}
