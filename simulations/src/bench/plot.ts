/** The ratios as a picture: a bar for each contender and peer, on a logarithmic scale. */
import * as Plot from '@observablehq/plot';
import { pngOf, svgDocument } from '../plots/svg.js';
import { writeWhole } from '../run/write-whole.js';
import type { BenchRow } from './run-cases.js';

/** Colours that stay apart for most colour-blind readers (Okabe and Ito). */
const COLOURS: Readonly<Record<BenchRow['peer'], string>> = {
  'tfjs-wasm': '#0072b2',
  'tfjs-wasm-manual': '#56b4e9',
  'tfjs-wasm-autodiff': '#004c78',
  'tfjs-cpu': '#8c8c8c',
  'jax-js-wasm': '#e69f00',
  'one-thread': '#009e73',
};

/**
 * Writes the picture: PNG where the name ends so, else SVG.
 * @param where what the rows were measured on, for the title
 */
export async function writePlot(
  file: string,
  rows: readonly BenchRow[],
  where: string,
): Promise<void> {
  const svg = benchPlot(rows, where);
  const bytes = file.endsWith('.png') ? pngOf(svg) : new TextEncoder().encode(svg);
  await writeWhole(file, bytes);
}

/** An SVG document. */
export function benchPlot(rows: readonly BenchRow[], where: string): string {
  const bars = rows.map((row) => ({
    ...row,
    label: `${row.case}${row.contender === 'relaxed' ? ' (relaxed)' : ''}  vs  ${row.peer}`,
    text: `× ${Number(row.ratio.toPrecision(3))}`,
  }));
  return svgDocument({
    title: `How many times faster FedHyBNN's kernels are: ${where}`,
    width: 900,
    height: 90 + 22 * bars.length,
    marginLeft: 330,
    marginRight: 70,
    marginTop: 44,
    marginBottom: 40,
    x: { type: 'log', domain: [1, 2 * Math.max(2, ...bars.map(({ high }) => high))], grid: true },
    y: { label: null, domain: bars.map(({ label }) => label), padding: 0.25, tickSize: 0 },
    marks: [
      Plot.axisX({
        label: 'times faster (log scale; lines: quartiles)',
        tickFormat: 'd',
        ticks: 5,
      }),
      Plot.barX(bars, {
        x1: 1,
        x2: 'ratio',
        y: 'label',
        fill: (row) => COLOURS[row.peer as BenchRow['peer']],
      }),
      Plot.ruleY(bars, { x1: 'low', x2: 'high', y: 'label', stroke: '#222', strokeWidth: 2 }),
      Plot.text(bars, { x: 'high', y: 'label', text: 'text', textAnchor: 'start', dx: 6 }),
    ],
  });
}
