/** How values are distributed: bars side by side, a panel for each group. */
import * as Plot from '@observablehq/plot';
import { FIGURE_WIDTH, type FigureSize } from './figure.js';
import { styleOf, THEME } from './palette.js';
import { pagePlot } from './svg.js';

export interface HistogramBin {
  readonly low: number;
  readonly high: number;
  /** In [0, 1]. */
  readonly share: number;
}

export interface Histogram {
  readonly x: string;
  readonly y: string;
  readonly domain: readonly [number, number];
  readonly format?: (value: number) => string;
  readonly panels: readonly {
    readonly name: string;
    readonly bins: readonly HistogramBin[];
    readonly marks?: readonly { readonly value: number; readonly text: string }[];
  }[];
}

const BINS = 20;

/** Bins of equal width; values beyond the domain are in the first or the last. */
export function histogramBins(
  values: readonly number[],
  [low, high]: readonly [number, number],
): HistogramBin[] {
  const width = (high - low) / BINS;
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values) {
    counts[Math.max(0, Math.min(BINS - 1, Math.floor((value - low) / width)))]++;
  }
  return counts.map((count, i) => ({
    ...{ low: low + i * width, high: low + (i + 1) * width },
    share: count / values.length,
  }));
}

/** Of a panel, of its name above it. */
const [PANEL, NAME] = [150, 26];
const MARGIN = { left: 46, right: 18 } as const;
/** Of a mark's text. */
const CHARACTER = 6.6;

export function histogram(plot: Histogram, size: FigureSize): string {
  const { panels, domain } = plot;
  const inner = FIGURE_WIDTH[size] - MARGIN.left - MARGIN.right;
  const named = panels.length > 1 || panels[0].name !== '';
  const bins = panels.flatMap(({ name, bins: own }) => own.map((bin) => ({ ...bin, name })));
  const marks = panels.flatMap(({ name, marks: own = [] }) =>
    own.map((mark, i) => ({
      ...{ ...mark, name, dy: 8 + 14 * i },
      lowest: own.length > 1 && own.every(({ value }) => value >= mark.value),
    })),
  );
  return pagePlot({
    ...{ width: FIGURE_WIDTH[size], height: 40 + panels.length * (PANEL + NAME) + 46 },
    ...{ marginTop: 40, marginBottom: 46, marginLeft: MARGIN.left, marginRight: MARGIN.right },
    x: { domain: [...domain] },
    y: { domain: [0, Math.max(...bins.map(({ share }) => 100 * share)) * 1.3] },
    fy: { domain: panels.map(({ name }) => name), axis: null, padding: NAME / PANEL },
    marks: [
      Plot.axisX({
        ...{ label: plot.x, labelArrow: 'none', labelAnchor: 'center', labelOffset: 40 },
        ticks: size === 'wide' ? 8 : 5,
        ...(plot.format !== undefined && { tickFormat: plot.format }),
      }),
      Plot.gridY({ ticks: 4, stroke: THEME.rule, strokeOpacity: 1 }),
      Plot.axisY({ label: null, ticks: 4, tickSize: 0 }),
      Plot.text([plot.y], {
        ...{ frameAnchor: 'top-left', lineAnchor: 'bottom', dx: -38, dy: named ? -24 : -10 },
        ...{ fill: THEME.faint, facet: 'super' },
      }),
      ...(named
        ? [
            Plot.text(panels, {
              ...{ fy: 'name', text: 'name', frameAnchor: 'top-left', lineAnchor: 'bottom' },
              ...{ dy: -5, fontWeight: 'bold' },
            }),
          ]
        : []),
      Plot.rectY(bins, {
        ...{ fy: 'name', x1: 'low', x2: 'high', y2: (bin) => 100 * bin.share, y1: 0 },
        ...{ fill: styleOf(0).color, insetLeft: 0.5, insetRight: 0.5 },
      }),
      Plot.ruleX(marks, { fy: 'name', x: 'value', stroke: THEME.ink, strokeDasharray: '3 3' }),
      ...marks.map((mark) => {
        // The lower one at its left, the higher one at its right, where there is room: neither crosses the other's line.
        const at = (inner * (mark.value - domain[0])) / (domain[1] - domain[0]);
        const room = 10 + CHARACTER * mark.text.length;
        const left = at + room > inner + MARGIN.right || (mark.lowest && at > room);
        return Plot.text([mark], {
          ...{ fy: 'name', x: 'value', text: 'text', frameAnchor: 'top', dy: mark.dy },
          ...{ textAnchor: left ? ('end' as const) : ('start' as const), dx: left ? -6 : 6 },
          ...{ stroke: THEME.paper, strokeWidth: 4, fill: THEME.ink },
        });
      }),
      Plot.ruleY([0], { stroke: THEME.faint }),
    ],
  });
}
