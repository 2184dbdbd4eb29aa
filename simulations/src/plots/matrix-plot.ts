/** A matrix of shares as cells, darker for more, each with its number where there is room. */
import * as Plot from '@observablehq/plot';
import { FIGURE_WIDTH, type FigureSize } from './figure.js';
import { styleOf, THEME } from './palette.js';
import { pagePlot } from './svg.js';

export interface MatrixPlot {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly x: string;
  readonly y: string;
  /** [row][column] in [0, 1]: how dark. */
  readonly shares: readonly (readonly number[])[];
  /** What a cell says; '' for nothing. */
  readonly text?: (row: number, column: number) => string;
  /** Style of a cell; default 0. */
  readonly style?: (row: number, column: number) => number;
}

export function matrixPlot(plot: MatrixPlot, size: FigureSize): string {
  const { rows, columns, text, style = () => 0 } = plot;
  const cells = rows.flatMap((_, r) =>
    columns.map((_, c) => ({
      ...{ r, c, share: plot.shares[r][c], fill: styleOf(style(r, c)).color },
      text: text?.(r, c) ?? '',
    })),
  );
  const longest = Math.max(...rows.map(({ length }) => length), 2);
  const marginLeft = Math.min(130, 34 + 6.6 * longest);
  const most = size === 'wide' ? 560 : FIGURE_WIDTH.narrow;
  const width = Math.min(most, marginLeft + 46 * columns.length + 12);
  const side = (width - marginLeft - 12) / columns.length;
  const cellHeight = Math.max(4, Math.min(side, 40, 480 / rows.length));
  const legible = side >= 24 && cellHeight >= 14;
  const tilted = side < 6.6 * Math.max(...columns.map(({ length }) => length)) + 4;
  const marginBottom = tilted ? 40 + 5 * Math.max(...columns.map(({ length }) => length)) : 46;
  return pagePlot({
    ...{ width, height: 26 + cellHeight * rows.length + marginBottom },
    ...{ marginTop: 26, marginBottom, marginLeft, marginRight: 12 },
    x: { type: 'band', domain: columns.map((_, c) => c), padding: 0.03 },
    y: { type: 'band', domain: rows.map((_, r) => r), padding: 0.03 },
    marks: [
      Plot.axisX({
        ...{ label: plot.x, labelArrow: 'none', labelAnchor: 'center', tickSize: 0 },
        ...{ tickFormat: (c: number) => columns[c], labelOffset: marginBottom - 6 },
        ...(tilted && { tickRotate: -45 }),
      }),
      Plot.axisY({
        ...{ label: null, tickSize: 0 },
        tickFormat: (r: number) =>
          cellHeight < 12 && r % Math.ceil(rows.length / 20) ? '' : rows[r],
      }),
      Plot.text([plot.y], {
        ...{ frameAnchor: 'top-left', lineAnchor: 'bottom', dx: 6 - marginLeft, dy: -8 },
        fill: THEME.faint,
      }),
      Plot.cell(cells, {
        ...{ x: 'c', y: 'r', fill: 'fill', fillOpacity: (cell) => 0.04 + 0.96 * cell.share },
      }),
      ...(text !== undefined && legible
        ? [
            Plot.text(cells, {
              ...{ x: 'c', y: 'r', text: 'text', fontSize: side < 32 ? 9 : 11 },
              fill: (cell) => (cell.share > 0.55 ? THEME.paper : THEME.ink),
            }),
          ]
        : []),
    ],
    color: { type: 'identity' },
    opacity: { type: 'identity' },
  });
}
