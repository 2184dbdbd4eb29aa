/** Lines over rounds, bytes or time: labeled at their ends, or below where there is no room. */
import * as Plot from '@observablehq/plot';
import { FIGURE_WIDTH, type FigureSize } from './figure.js';
import { styleOf, THEME } from './palette.js';
import { spread } from './spread.js';
import { pagePlot } from './svg.js';

export interface LinePoint {
  readonly x: number;
  readonly y: number;
  /** A band around the line, such as mean ± deviation. */
  readonly low?: number;
  readonly high?: number;
}

export interface Line {
  readonly title: string;
  /** Its style; default: its place. */
  readonly style?: number;
  readonly points: readonly LinePoint[];
}

export interface LinePlot {
  readonly x: {
    readonly label: string;
    readonly log?: boolean;
    readonly format?: (value: number) => string;
  };
  readonly y: {
    readonly label: string;
    /** Default: from below the lowest end of a line, or its beginning if there is one line. */
    readonly domain?: readonly [number, number];
    /** Of a line's end. */
    readonly format?: (value: number) => string;
  };
  readonly lines: readonly Line[];
}

const HEIGHT = 370;
const MARGIN = { top: 38, bottom: 46, left: 46 } as const;
/** From the frame to a label; a character of it. */
const [LABEL, CHARACTER] = [54, 6.6];
/** Between the baselines of labels; of a line of the legend. */
const [GAP, LEGEND] = [15, 18];
/** Percentage points that are shown below the lowest end of a line. */
const BELOW = 8;

/** @returns nothing where no line has two points */
export function linePlot(plot: LinePlot, size: FigureSize): string | undefined {
  const lines = plot.lines
    .map((line, i) => ({ ...line, style: line.style ?? i }))
    .filter(({ points }) => points.length > 1);
  if (lines.length === 0) return undefined;
  const labels = lines.map((line) => labelOf(line, plot, lines.length > 1));
  const below = size === 'narrow' && lines.length > 1;
  const longest = Math.max(...labels.map(({ length }) => length));
  const marginRight = below ? 14 : (lines.length > 1 ? LABEL : 14) + CHARACTER * longest;
  const width = FIGURE_WIDTH[size];
  const legend = below ? LEGEND * lines.length + 10 : 0;
  const height = (size === 'narrow' ? 260 : HEIGHT) + legend + MARGIN.top + MARGIN.bottom;
  const inner = {
    width: width - MARGIN.left - marginRight,
    height: height - legend - MARGIN.top - MARGIN.bottom,
  };
  const domain = plot.y.domain ?? domainOf(lines);
  const xs = lines.flatMap(({ points }) => points.map(({ x }) => x));
  const [least, most] = [Math.min(...xs), Math.max(...xs)];
  const beyond = (pixels: number) =>
    plot.x.log
      ? most * (most / least) ** (pixels / inner.width)
      : most + ((most - least) * pixels) / inner.width;
  return pagePlot({
    ...{ width, height, marginTop: MARGIN.top, marginBottom: MARGIN.bottom + legend },
    ...{ marginLeft: MARGIN.left, marginRight },
    x: { type: plot.x.log ? 'log' : 'linear', domain: [least, most] },
    y: { domain: [...domain] },
    marks: [
      axisX(plot, inner.width, legend),
      Plot.gridY({ ticks: 6, stroke: THEME.rule, strokeOpacity: 1 }),
      Plot.axisY({ label: null, ticks: 6, tickSize: 0 }),
      Plot.text([plot.y.label], {
        ...{ frameAnchor: 'top-left', lineAnchor: 'bottom', dx: 6 - MARGIN.left, dy: -16 },
        fill: THEME.faint,
      }),
      ...lines.flatMap(({ points, style }) => lineMarks(points, style)),
      ...(below
        ? legendBelow(lines, labels, inner)
        : endLabels(lines, labels, { domain, beyond, height: inner.height })),
    ],
  });
}

type Styled = Line & { readonly style: number };

function lineMarks(points: readonly LinePoint[], style: number): Plot.Markish[] {
  const { color, dash } = styleOf(style);
  const band = points.filter(({ low, high }) => low !== undefined && high !== undefined);
  return [
    Plot.areaY(band, {
      ...{ x: 'x', y1: 'low', y2: 'high', fill: color, fillOpacity: 0.16, clip: true },
    }),
    Plot.line(points, {
      ...{ x: 'x', y: 'y', stroke: color, strokeWidth: 2, clip: true },
      strokeDasharray: dash || 'none',
    }),
  ];
}

function axisX({ x }: LinePlot, width: number, legend: number): Plot.Markish {
  return Plot.axisX({
    ...{ label: x.label, labelArrow: 'none', labelAnchor: 'center', tickSize: 4 },
    ...(x.format !== undefined && { tickFormat: x.format }),
    ticks: Math.max(2, Math.floor(width / 80)),
    labelOffset: 40,
    // The margin below has room for the legend, too.
    ...(legend > 0 && { marginBottom: MARGIN.bottom }),
  });
}

/** A label for each line in the right margin, and a thin leader to it from the line's end. */
function endLabels(
  lines: readonly Styled[],
  labels: readonly string[],
  frame: {
    readonly domain: readonly [number, number];
    readonly beyond: (pixels: number) => number;
    readonly height: number;
  },
): Plot.Markish[] {
  const { domain, beyond } = frame;
  const scale = frame.height / (domain[1] - domain[0]);
  const ends = lines.map(({ points }) => points[points.length - 1]);
  const places = spread(
    ends.map(({ y }) => (domain[1] - Math.max(domain[0], y)) * scale),
    GAP,
  );
  const alone = lines.length === 1;
  return lines.flatMap(({ style }, i) => {
    const { color, dash } = styleOf(style);
    const end = { ...ends[i], y: Math.max(domain[0], ends[i].y) };
    const y = domain[1] - places[i] / scale;
    const text = (dx: number) =>
      Plot.text([{ x: beyond(dx), y }], {
        ...{ x: 'x', y: 'y', text: () => labels[i], textAnchor: 'start', fontSize: 12 },
        ...(alone && { fontWeight: 'bold', fill: color }),
      });
    const dot = Plot.dot([end], { x: 'x', y: 'y', r: 3, fill: color });
    if (alone) return [dot, text(8)];
    const leader = [end, { x: beyond(4), y: end.y }, { x: beyond(20), y }];
    const swatch = [
      { x: beyond(22), y },
      { x: beyond(44), y },
    ];
    return [
      Plot.line(leader, { x: 'x', y: 'y', stroke: color, strokeWidth: 0.8, strokeOpacity: 0.6 }),
      Plot.line(swatch, {
        ...{ x: 'x', y: 'y', stroke: color, strokeWidth: 2, strokeDasharray: dash || 'none' },
      }),
      dot,
      text(50),
    ];
  });
}

/** A line of text and a swatch for each line, the best on top. */
function legendBelow(
  lines: readonly Styled[],
  labels: readonly string[],
  inner: { readonly width: number; readonly height: number },
): Plot.Markish[] {
  const order = lines
    .map(({ points }, i) => ({ i, end: points[points.length - 1].y }))
    .sort((a, b) => b.end - a.end);
  return order.flatMap(({ i }, rank) => {
    const { color, dash } = styleOf(lines[i].style);
    const dy = inner.height + MARGIN.bottom + 12 + LEGEND * rank;
    const anchored = { frameAnchor: 'top-left', dy } as const;
    return [
      Plot.text(['━━'], {
        ...anchored,
        ...{ dx: 8 - MARGIN.left, textAnchor: 'start', lineAnchor: 'middle', fill: color },
        text: () => (dash === '' ? '━━━' : dash.startsWith('7') ? '╺━ ━' : '╺ ╺ ╺'),
      }),
      Plot.text([labels[i]], {
        ...anchored,
        ...{ dx: 46 - MARGIN.left, textAnchor: 'start', lineAnchor: 'middle', fontSize: 12 },
      }),
    ];
  });
}

function labelOf({ title, points }: Line, { y }: LinePlot, named: boolean): string {
  const value = (y.format ?? ((v: number) => v.toFixed(1)))(points[points.length - 1].y);
  return named ? `${value}  ${title}` : value;
}

function domainOf(lines: readonly Line[]): [number, number] {
  const ends = lines.map(({ points }) => points[points.length - 1].y);
  const firsts = lines.length === 1 ? lines[0].points.map(({ y }) => y) : [];
  const lowest = Math.min(...ends.map((end) => end - BELOW), ...firsts);
  const [step, above] = lines.length === 1 ? [10, 0] : [1, 0.5];
  const highest = Math.max(...ends, ...firsts) + above;
  return [
    Math.max(0, step * Math.floor(lowest / step)),
    Math.min(100, step * Math.ceil(highest / step)),
  ];
}
