/** Means with their deviations: a line for each row, a symbol for each column. */
import * as Plot from '@observablehq/plot';
import { FIGURE_WIDTH, type FigureSize } from './figure.js';
import { styleOf, THEME } from './palette.js';
import { pagePlot } from './svg.js';

export interface Dot {
  readonly row: string;
  readonly column: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface DotPlot {
  readonly label: string;
  readonly dots: readonly Dot[];
}

/** Of a line of the legend. */
const LEGEND = 18;

/** @returns nothing where there are no dots */
export function dotPlot({ label, dots }: DotPlot, size: FigureSize): string | undefined {
  if (dots.length === 0) return undefined;
  const rows = [...new Set(dots.map(({ row }) => row))];
  const columns = [...new Set(dots.map(({ column }) => column))];
  const named = columns.length > 1 || columns[0] !== '';
  const row = Math.max(named ? 34 : 26, 13 * columns.length + 12);
  const marginTop = (named ? LEGEND * columns.length : 0) + 12;
  // On a phone a row's name stands above its dots.
  const above = size === 'narrow';
  const height = marginTop + (row + (above ? 14 : 0)) * rows.length + 46;
  const step = row + (above ? 14 : 0);
  // Symbols of one row stand one below the other, so that none hides another.
  const shift = (column: string) =>
    ((columns.indexOf(column) + 1) / (columns.length + 1) - 0.5) * (row - 6) + (above ? 7 : 0);
  const longest = Math.max(...rows.map(({ length }) => length));
  return pagePlot({
    ...{ width: FIGURE_WIDTH[size], height, marginTop, marginRight: 48, marginBottom: 46 },
    marginLeft: above ? 12 : Math.min(330, 20 + 6.6 * longest),
    x: { grid: true, domain: domainOf(dots) },
    y: { type: 'band', domain: rows, axis: null, padding: 0 },
    marks: [
      Plot.axisX({
        ...{ label, labelArrow: 'none', labelAnchor: 'center', labelOffset: 40 },
        ticks: size === 'wide' ? 8 : 4,
      }),
      Plot.ruleY(rows.slice(1), { y: (name) => name, dy: -step / 2, stroke: THEME.rule }),
      Plot.text(rows, {
        ...{ y: (name: string) => name, text: (name: string) => name, fontSize: 12 },
        ...(above
          ? { frameAnchor: 'left', textAnchor: 'start', dy: 9 - step / 2, fontWeight: 'bold' }
          : { frameAnchor: 'left', textAnchor: 'end', dx: -8 }),
      }),
      ...columns.flatMap((column, index) => {
        const { color, symbol } = styleOf(index);
        const own = dots.filter((dot) => dot.column === column);
        return [
          Plot.ruleY(own, {
            ...{ x1: 'low', x2: 'high', y: 'row', dy: shift(column) },
            ...{ stroke: color, strokeWidth: 2 },
          }),
          Plot.dot(own, {
            ...{ x: 'mean', y: 'row', dy: shift(column), symbol, fill: color, r: 4.5 },
          }),
          Plot.text(own, {
            ...{ x: 'high', y: 'row', dy: shift(column), dx: 8, textAnchor: 'start' },
            ...{ text: (dot: Dot) => dot.mean.toFixed(1), fontSize: 11, fill: THEME.faint },
          }),
          ...(named ? legendLine(column, index, marginTop) : []),
        ];
      }),
    ],
  });
}

function legendLine(column: string, index: number, marginTop: number): Plot.Markish[] {
  const { color, symbol } = styleOf(index);
  const dy = 10 + LEGEND * index - marginTop;
  return [
    Plot.dot([column], { frameAnchor: 'top-left', dx: 6, dy, symbol, fill: color, r: 4.5 }),
    Plot.text([column], {
      ...{ frameAnchor: 'top-left', lineAnchor: 'middle', dx: 18, dy, fontSize: 12 },
    }),
  ];
}

function domainOf(dots: readonly Dot[]): [number, number] {
  const least = Math.min(...dots.map(({ low }) => low));
  const most = Math.max(...dots.map(({ high }) => high));
  return [Math.max(0, Math.floor(least - 0.5)), Math.min(100, Math.ceil(most + 0.5))];
}
