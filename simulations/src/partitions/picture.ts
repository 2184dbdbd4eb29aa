/**
 * Who holds what: clients from left to right, labels from top to bottom. A disc, or with many clients
 * a shade, tells how many samples of a label a client holds; bars above tell how many it holds in all.
 */
import * as Plot from '@observablehq/plot';
import { type StackedPicture, stackPictures } from '../plots/stack.js';
import { svgDocument } from '../plots/svg.js';
import type { LabelCounts } from './statistics.js';

export interface PartitionPicture {
  readonly title: string;
  readonly labels: readonly string[];
  /** One, or several moments of a partition that drifts. */
  readonly panels: readonly { readonly heading: string; readonly counts: LabelCounts }[];
}

/** Of the columns of all clients, at most; of a picture, at least. */
const [INNER, NARROWEST] = [780, 560];
/** More clients than these are shown as shades. */
const MOST_DISCS = 40;
/** Of more clients a selection should be shown. */
export const MOST_COLUMNS = 260;
const [BARS, LEGEND, GAP] = [56, 22, 10];
const MARGIN_RIGHT = 24;
/** Okabe and Ito's blue. */
const BLUE = '#0072b2';

interface Cell {
  readonly client: number;
  /** Its number. */
  readonly label: number;
  readonly count: number;
}

/** An SVG document. */
export function partitionPicture({ title, labels, panels }: PartitionPicture): string {
  // One scale for all panels, so that they can be compared.
  const most = Math.max(1, ...panels.map(({ counts }) => counts.counts.reduce(larger, 0)));
  const names = labels.map(shortened);
  const frame = frameOf(names, panels[0].counts.clients);
  const parts = panels.flatMap(({ heading, counts }, i) => {
    const shown = i === 0 ? [title, heading].filter(Boolean).join(', ') : heading;
    return panelParts(shown, names, counts, most, frame);
  });
  return stackPictures(parts, frame.width);
}

/** Where the columns lie; the same in all parts of a picture. */
function frameOf(names: readonly string[], shown: readonly number[]) {
  const marginLeft = Math.max(46, 16 + 6.6 * Math.max(...names.map((name) => name.length)));
  const column = Math.min(26, INNER / shown.length);
  const inner = Math.round(column * shown.length);
  const width = Math.max(NARROWEST, marginLeft + inner + MARGIN_RIGHT);
  const row = Math.max(12, Math.min(column, 18, 380 / names.length));
  return { shown, column, row, width, marginLeft, marginRight: width - marginLeft - inner };
}

function panelParts(
  title: string,
  names: readonly string[],
  { of, counts, sizes: held }: LabelCounts,
  most: number,
  { shown, column, row, ...box }: ReturnType<typeof frameOf>,
): StackedPicture[] {
  const cells = shown.flatMap((client, i) =>
    names.map((_, label): Cell => ({ client, label, count: counts[i * names.length + label] })),
  );
  const sizes = shown.map((client, i) => ({ client, size: held[i] }));
  const x = { type: 'band', domain: shown, padding: 0, round: false, axis: null } as const;
  const barsHeight = 40 + BARS;
  const bars = svgDocument({
    ...{ ...box, height: barsHeight, marginTop: 34, marginBottom: 6, x, title },
    y: { domain: [0, Math.max(...sizes.map(({ size }) => size))], axis: null },
    marks: [
      Plot.barY(sizes, { x: 'client', y: 'size', fill: '#999', inset: column > 6 ? 1 : 0.2 }),
      Plot.ruleY([0], { stroke: '#999' }),
      Plot.axisY({ ticks: 2, label: null, tickSize: 3 }),
      Plot.text(['samples a client'], {
        ...{ frameAnchor: 'top-right', lineAnchor: 'bottom', dy: -4, fill: '#555' },
      }),
    ],
  });
  const height = Math.round(row * names.length) + 6 + 26 + LEGEND + GAP;
  const matrix = svgDocument({
    ...{ ...box, height, marginTop: 6, marginBottom: 26 + LEGEND + GAP, x, title: '' },
    y: { type: 'band', domain: names.map((_, i) => i), padding: 0, round: false, axis: null },
    r: { type: 'sqrt', domain: [0, most], range: [0, Math.min(row, column) / 2] },
    color: { type: 'sqrt', domain: [0, most], range: ['#ffffff', BLUE] },
    marks: [
      ...(shown.length <= MOST_DISCS ? discs(cells) : shades(cells)),
      Plot.axisX(ticks(shown), { label: null, tickSize: 3 }),
      Plot.axisY({ label: null, tickSize: 0, tickFormat: (i: number) => names[i] }),
      Plot.text([legend(shown.length, of, most)], {
        ...{ frameAnchor: 'bottom-left', lineAnchor: 'top', dy: 24, fill: '#555' },
      }),
    ],
  });
  return [
    { svg: bars, height: barsHeight },
    { svg: matrix, height },
  ];
}

function discs(cells: readonly Cell[]): Plot.Markish[] {
  const there = cells.filter(({ count }) => count > 0);
  return [
    Plot.cell(cells, { x: 'client', y: 'label', fill: 'none', stroke: '#eee' }),
    Plot.dot(there, { x: 'client', y: 'label', r: 'count', fill: BLUE }),
  ];
}

function shades(cells: readonly Cell[]): Plot.Markish[] {
  return [
    Plot.cell(cells, { x: 'client', y: 'label', fill: 'count', stroke: 'none' }),
    Plot.frame({ stroke: '#ccc' }),
  ];
}

function legend(shown: number, clients: number, most: number): string {
  const mark = shown <= MOST_DISCS ? 'largest disc' : 'darkest shade';
  const which = shown < clients ? `${shown} of ${clients} clients` : 'clients';
  return `${which}; the ${mark} stands for ${most.toLocaleString('en')} samples of a label`;
}

/** About a dozen client numbers. */
function ticks(shown: readonly number[]): number[] {
  const step = [1, 2, 5, 10, 20, 25, 50].find((each) => shown.length / each <= 20) ?? 50;
  return shown.filter((_, i) => i % step === 0);
}

function shortened(label: string): string {
  return label.length > 14 ? `${label.slice(0, 13)}…` : label;
}

function larger(a: number, b: number): number {
  return Math.max(a, b);
}
