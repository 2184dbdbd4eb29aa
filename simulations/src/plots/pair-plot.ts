/** Two measures of the same things against each other, and the line on which they are equal. */
import * as Plot from '@observablehq/plot';
import { FIGURE_WIDTH, type FigureSize } from './figure.js';
import { styleOf, THEME } from './palette.js';
import { pagePlot } from './svg.js';

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PairPlot {
  readonly x: string;
  readonly y: string;
  /** Of both axes: what is equal lies on the diagonal. */
  readonly domain: readonly [number, number];
  /** In the corners above and below the diagonal. */
  readonly above: string;
  readonly below: string;
  readonly points: readonly Point[];
}

const MARGIN = { top: 34, right: 18, bottom: 46, left: 46 } as const;
/** Of the square on a wide page. */
const SIDE = 420;

export function pairPlot(plot: PairPlot, size: FigureSize): string {
  const { points, domain } = plot;
  const side = Math.min(SIDE, FIGURE_WIDTH[size] - MARGIN.left - MARGIN.right);
  const ticks = size === 'wide' ? 8 : 5;
  const [lower, upper] = [styleOf(1).color, styleOf(0).color];
  return pagePlot({
    ...{ width: side + MARGIN.left + MARGIN.right, height: side + MARGIN.top + MARGIN.bottom },
    ...{ marginTop: MARGIN.top, marginRight: MARGIN.right },
    ...{ marginBottom: MARGIN.bottom, marginLeft: MARGIN.left },
    x: { domain: [...domain] },
    y: { domain: [...domain] },
    marks: [
      Plot.gridX({ ticks, stroke: THEME.rule, strokeOpacity: 1 }),
      Plot.gridY({ ticks, stroke: THEME.rule, strokeOpacity: 1 }),
      Plot.axisX({
        ...{ label: plot.x, labelArrow: 'none', labelAnchor: 'center', labelOffset: 40 },
        ticks,
      }),
      Plot.axisY({ label: null, ticks, tickSize: 0 }),
      Plot.text([plot.y], {
        ...{ frameAnchor: 'top-left', lineAnchor: 'bottom', dx: 6 - MARGIN.left, dy: -12 },
        fill: THEME.faint,
      }),
      Plot.line(
        domain.map((value) => [value, value]),
        { stroke: THEME.faint, strokeDasharray: '4 3' },
      ),
      Plot.dot(points, {
        ...{ x: 'x', y: 'y', r: 3.5, fillOpacity: 0.6 },
        // In the ink of texts where nothing changes.
        fill: ({ x, y }: Point) => (y > x ? upper : y < x ? lower : THEME.ink),
        symbol: ({ x, y }: Point) => (y > x ? 'triangle' : y < x ? 'square' : 'circle'),
      }),
      ...corner(plot.above, 'top-left', upper),
      ...corner(plot.below, 'bottom-right', lower),
    ],
  });
}

function corner(text: string, at: 'top-left' | 'bottom-right', fill: string): Plot.Markish[] {
  const first = at === 'top-left';
  return [
    Plot.text([text], {
      ...{ frameAnchor: at, dx: first ? 8 : -8, dy: first ? 8 : -8, fontSize: 12 },
      ...{ fontWeight: 'bold', fill, stroke: THEME.paper, strokeWidth: 4 },
    }),
  ];
}
