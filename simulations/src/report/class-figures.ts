/** Which classes a model knows, and what it takes the others for. */
import { classAccuracies } from '../analysis/index.js';
import { barPlot } from '../plots/bar-plot.js';
import type { Figure } from '../plots/figure.js';
import { matrixPlot } from '../plots/matrix-plot.js';
import { percentText } from '../plots/units.js';
import type { RunData } from './run-data.js';

/** Classes up to which a matrix can be read. */
const MATRIX = 30;

export function classFigures({ analysis, task, summary }: RunData): Figure[] {
  const confusion = analysis?.confusion;
  if (confusion === undefined) return [];
  const { labels } = task;
  const accuracies = classAccuracies(confusion);
  const order = accuracies.map((_, i) => i).sort((a, b) => accuracies[b] - accuracies[a]);
  const [best, worst] = [order[0], order[order.length - 1]];
  const lowest = Math.max(0, Math.floor(10 * accuracies[worst] - 1) * 10);
  const bars: Figure = {
    name: 'classes',
    title: `Easiest class: ${labels[best]}, ${percentText(accuracies[best], 1)}; hardest: ${labels[worst]}, ${percentText(accuracies[worst], 1)}`,
    note: `Share of a class's test samples that are recognized.${lowest > 0 ? ` The axis begins at ${lowest} %.` : ''}`,
    draw: (size) =>
      barPlot(
        {
          label: 'accuracy on the test samples of a class, %',
          domain: [lowest, 100],
          bars: order.map((i) => ({
            ...{ name: labels[i], value: 100 * accuracies[i] },
            text: (100 * accuracies[i]).toFixed(1),
          })),
          reference: {
            value: 100 * summary.finalAccuracy,
            text: `all: ${(100 * summary.finalAccuracy).toFixed(1)}`,
          },
        },
        size,
      ),
  };
  if (labels.length > MATRIX) return [bars];
  const shares = confusion.map((row) => {
    const total = Math.max(
      1,
      row.reduce((sum, count) => sum + count, 0),
    );
    return row.map((count) => count / total);
  });
  const mistakes = shares.flatMap((row, r) =>
    row.flatMap((share, c) => (r === c ? [] : [{ r, c, share }])),
  );
  const [worstMistake] = mistakes.sort((a, b) => b.share - a.share);
  // A few in a hundred must be seen as well as a few in ten.
  const dark = Math.max(worstMistake.share, 0.02);
  return [
    bars,
    {
      name: 'confusion',
      title: `Most often mistaken: ${labels[worstMistake.r]} for ${labels[worstMistake.c]}, ${percentText(worstMistake.share, 1)} of its samples`,
      note: 'Each row: of the samples of a class, how many in a hundred were taken for which. Blue: right; orange: mistakes, the darker the more frequent.',
      draw: (size) =>
        matrixPlot(
          {
            ...{ rows: labels, columns: labels, x: 'answer of the model', y: 'true class' },
            shares: shares.map((row, r) =>
              row.map((share, c) => (r === c ? share ** 3 : Math.min(1, share / dark) * 0.9)),
            ),
            style: (r, c) => (r === c ? 0 : 1),
            text: (r, c) => {
              const percent = 100 * shares[r][c];
              if (percent === 0) return '';
              return percent < 10 ? percent.toFixed(1) : percent.toFixed(0);
            },
          },
          size,
        ),
    },
  ];
}
