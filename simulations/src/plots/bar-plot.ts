/** Horizontal bars, each with its name at the left and its value at its end. */
import * as Plot from '@observablehq/plot';
import { FIGURE_WIDTH, type FigureSize } from './figure.js';
import { styleOf, THEME } from './palette.js';
import { pagePlot } from './svg.js';

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** At its end. */
  readonly text: string;
  /** Index of its style; default 0. */
  readonly style?: number;
}

export interface BarPlot {
  readonly label: string;
  readonly bars: readonly Bar[];
  /** Where bars begin and the axis ends; with `log`, bars begin at the least. */
  readonly domain: readonly [number, number];
  readonly log?: boolean;
  readonly format?: (value: number) => string;
  /** A line across all bars, such as their mean. */
  readonly reference?: { readonly value: number; readonly text: string };
}

const ROW = 24;

export function barPlot(plot: BarPlot, size: FigureSize): string {
  const { bars, domain, reference } = plot;
  const longest = Math.max(...bars.map(({ name }) => name.length));
  const texts = Math.max(...bars.map(({ text }) => text.length));
  const marginTop = reference === undefined ? 10 : 28;
  const ticks = plot.log ? decades(domain) : size === 'wide' ? 8 : 3;
  return pagePlot({
    ...{ width: FIGURE_WIDTH[size], height: marginTop + ROW * bars.length + 46 },
    ...{ marginTop, marginBottom: 46, marginRight: 16 + 6.6 * texts },
    marginLeft: Math.min(size === 'wide' ? 260 : 150, 16 + 6.6 * longest),
    x: { type: plot.log ? 'log' : 'linear', domain: [...domain] },
    y: { type: 'band', domain: bars.map(({ name }) => name), label: null, padding: 0.25 },
    marks: [
      Plot.axisX({
        ...{ label: plot.label, labelArrow: 'none', labelAnchor: 'center', labelOffset: 40 },
        ticks,
        ...(plot.format !== undefined && { tickFormat: plot.format }),
      }),
      Plot.gridX({ stroke: THEME.rule, strokeOpacity: 1, ticks }),
      Plot.axisY({ tickSize: 0, fontSize: 12 }),
      Plot.barX(bars, {
        ...{ x1: domain[0], x2: 'value', y: 'name', fill: (bar) => styleOf(bar.style ?? 0).color },
      }),
      ...(reference === undefined
        ? []
        : [
            Plot.ruleX([reference.value], { stroke: THEME.ink, strokeDasharray: '3 3' }),
            Plot.text([reference], {
              ...{ x: 'value', text: 'text', frameAnchor: 'top', lineAnchor: 'bottom', dy: -6 },
              fill: THEME.faint,
            }),
          ]),
      Plot.text(bars, {
        ...{ x: 'value', y: 'name', text: 'text', textAnchor: 'start', dx: 6, fontSize: 12 },
        ...{ stroke: THEME.paper, strokeWidth: 3, fill: THEME.ink },
      }),
    ],
  });
}

/** Powers of ten in a range. */
function decades([low, high]: readonly [number, number]): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const count = Math.floor(Math.log10(high) + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(`1e${first + i}`));
}
