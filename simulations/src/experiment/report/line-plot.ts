/** Accuracy over rounds, or over bytes: a line for each row, labeled at its end. */
import * as Plot from '@observablehq/plot';
import { styleOf } from '../../plots/palette.js';
import { spread } from '../../plots/spread.js';
import { svgDocument } from '../../plots/svg.js';
import type { PlayedCase, PlayedSection } from '../play-experiment.js';

interface Point {
  readonly x: number;
  /** Mean accuracy of the seeds, in percent. */
  readonly y: number;
}

interface Line {
  readonly title: string;
  readonly index: number;
  readonly points: readonly Point[];
}

/** Of the frame around the lines. */
const INNER = { width: 560, height: 370 } as const;
const MARGIN = { top: 62, bottom: 46, left: 52 } as const;
/** From the frame to a label; a character of it. */
const [LABEL, CHARACTER] = [58, 6.4];
/** Between the baselines of labels. */
const GAP = 15;
/** Percentage points that are shown below the lowest end of a line. */
const BELOW = 8;

/** @param x what the lines run over */
export function linePlot(section: PlayedSection, x: 'rounds' | 'bytes'): string | undefined {
  const lines = section.cases.flatMap((which, index) => {
    const points = pointsOf(which, x);
    return points.length < 2 ? [] : [{ title: which.row, index, points }];
  });
  if (lines.length === 0) return undefined;
  const ends = lines.map(({ points }) => points[points.length - 1]);
  const domain = accuracyDomain(ends);
  const xs = lines.flatMap(({ points }) => points.map((point) => point.x));
  const [least, most] = [Math.min(...xs), Math.max(...xs)];
  const right = LABEL + CHARACTER * Math.max(...lines.map((line) => labelOf(line).length));
  const beyond = (pixels: number) =>
    x === 'bytes'
      ? most * (most / least) ** (pixels / INNER.width)
      : most + ((most - least) * pixels) / INNER.width;
  return svgDocument({
    width: MARGIN.left + INNER.width + right,
    height: MARGIN.top + INNER.height + MARGIN.bottom,
    marginTop: MARGIN.top,
    marginRight: right,
    marginBottom: MARGIN.bottom,
    marginLeft: MARGIN.left,
    x: x === 'bytes' ? { type: 'log', domain: [least, most] } : { domain: [least, most] },
    y: { domain },
    title: section.title,
    marks: [
      axisX(x),
      Plot.gridY({ ticks: 8 }),
      Plot.axisY({ label: null, ticks: 8 }),
      Plot.text(['accuracy on the test set, %'], {
        ...{ frameAnchor: 'top-left', lineAnchor: 'bottom', dx: 8 - MARGIN.left, dy: -10 },
      }),
      ...lines.map(({ points, index }) => {
        const { color, dash } = styleOf(index);
        return Plot.line(points, {
          ...{ x: 'x', y: 'y', stroke: color, strokeWidth: 2, clip: true },
          strokeDasharray: dash || 'none',
        });
      }),
      ...endLabels(lines, domain, beyond),
    ],
  });
}

function axisX(x: 'rounds' | 'bytes'): Plot.Markish {
  return x === 'rounds'
    ? Plot.axisX({ label: 'round', labelArrow: 'none', labelAnchor: 'center' })
    : Plot.axisX({
        label:
          'bytes of one client, up and down, with the extractor and the initial model (log scale)',
        ...{ labelArrow: 'none', labelAnchor: 'center', tickFormat: bytesText, ticks: 6 },
      });
}

/** A label for each line in the right margin, and a thin leader to it from the line's end. */
function endLabels(
  lines: readonly Line[],
  domain: readonly [number, number],
  beyond: (pixels: number) => number,
): Plot.Markish[] {
  const scale = INNER.height / (domain[1] - domain[0]);
  const ends = lines.map(({ points }) => points[points.length - 1]);
  const places = spread(
    ends.map(({ y }) => (domain[1] - y) * scale),
    GAP,
  );
  return lines.flatMap(({ index }, i) => {
    const { color, dash } = styleOf(index);
    const [end, label] = [ends[i], { x: beyond(24), y: domain[1] - places[i] / scale }];
    const leader = [end, { x: beyond(4), y: end.y }, { x: beyond(20), y: label.y }];
    return [
      Plot.line(leader, { x: 'x', y: 'y', stroke: color, strokeWidth: 0.8, strokeOpacity: 0.6 }),
      Plot.line(
        [
          { x: beyond(22), y: label.y },
          { x: beyond(44), y: label.y },
        ],
        {
          ...{ x: 'x', y: 'y', stroke: color, strokeWidth: 2, strokeDasharray: dash || 'none' },
        },
      ),
      Plot.dot([end], { x: 'x', y: 'y', r: 3, fill: color }),
      Plot.text([label], {
        ...{ x: 'x', y: 'y', text: () => labelOf(lines[i]) },
        ...{ textAnchor: 'start', fontSize: 12, dx: 26 },
      }),
    ];
  });
}

function labelOf({ title, points }: Line): string {
  return `${points[points.length - 1].y.toFixed(1)}  ${title}`;
}

function accuracyDomain(ends: readonly Point[]): [number, number] {
  const values = ends.map(({ y }) => y);
  const lowest = Math.max(0, Math.floor(Math.min(...values) - BELOW));
  return [lowest, Math.min(100, Math.ceil(Math.max(...values) + 0.5))];
}

function pointsOf({ results }: PlayedCase, x: 'rounds' | 'bytes'): Point[] {
  const seeds = results.flatMap(({ result }) => result.federation ?? []);
  const rounds = Math.min(...seeds.map((seed) => seed.rounds.length));
  if (seeds.length === 0) return [];
  const [first] = seeds;
  let bytes = first.onceBytes;
  return Array.from({ length: rounds }, (_, r) => {
    bytes += first.rounds[r].bytes;
    const sum = seeds.reduce((total, seed) => total + seed.rounds[r].accuracy, 0);
    return { x: x === 'rounds' ? r + 1 : bytes, y: (100 * sum) / seeds.length };
  });
}

function bytesText(bytes: number): string {
  if (bytes >= 1e9) return `${bytes / 1e9} GB`;
  return bytes >= 1e6 ? `${bytes / 1e6} MB` : `${bytes / 1e3} kB`;
}
