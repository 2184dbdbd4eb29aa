/** Whom the model serves: the accuracy at each client, and what the clients hold. */
import type { Figure } from '../plots/figure.js';
import { histogram, histogramBins } from '../plots/histogram.js';
import { matrixPlot } from '../plots/matrix-plot.js';
import { percentText } from '../plots/units.js';
import type { RunData } from './run-data.js';
import { gini, statisticsOf, worstTenth } from './statistics.js';

export interface Fairness {
  readonly mean: number;
  readonly worstTenth: number;
  readonly deviation: number;
  readonly gini: number;
  readonly clients: number;
}

/** Of the accuracies of at least two clients. */
export function fairnessOf({ analysis }: RunData): Fairness | undefined {
  const values = analysis?.clientAccuracy ?? [];
  const statistics = statisticsOf(values);
  if (statistics?.deviation === undefined) return undefined;
  const { mean, deviation, count } = statistics;
  return { mean, deviation, clients: count, worstTenth: worstTenth(values), gini: gini(values) };
}

export function clientFigures(run: RunData): Figure[] {
  return [...fairnessFigure(run), ...partitionFigure(run)];
}

function fairnessFigure(run: RunData): Figure[] {
  const fairness = fairnessOf(run);
  if (fairness === undefined || run.analysis === undefined) return [];
  const { mean, worstTenth: worst, deviation, clients } = fairness;
  const values = run.analysis.clientAccuracy.map((accuracy) => 100 * accuracy);
  const low = Math.max(0, Math.floor(Math.min(...values) / 5) * 5 - 5);
  return [
    {
      name: 'clients',
      title: `The worst tenth of the clients has ${percentText(worst, 1)}, the mean is ${percentText(mean, 1)}`,
      note: `Accuracy of the last global model on each client's own training rows (not held out), ${clients.toLocaleString('en')} clients; standard deviation ${(100 * deviation).toFixed(1)} points, Gini coefficient ${fairness.gini.toFixed(3)} (0: all clients are served alike).`,
      draw: (size) =>
        histogram(
          {
            ...{ x: 'accuracy at a client, %', y: 'clients, %', domain: [low, 100] },
            panels: [
              {
                name: '',
                bins: histogramBins(values, [low, 100]),
                marks: [
                  { value: 100 * worst, text: `worst tenth ${(100 * worst).toFixed(1)}` },
                  { value: 100 * mean, text: `mean ${(100 * mean).toFixed(1)}` },
                ],
              },
            ],
          },
          size,
        ),
    },
  ];
}

function partitionFigure({ analysis, task, settings }: RunData): Figure[] {
  const counts = analysis?.clientLabels;
  if (counts === undefined || counts.length < 2) return [];
  const most = Math.max(...counts.flat());
  const held = counts.map((row) => row.filter((count) => count > 0).length);
  const mean = held.reduce((sum, value) => sum + value, 0) / held.length;
  const sizes = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const [least, largest] = [Math.min(...sizes), Math.max(...sizes)];
  const whole = (value: number) => value.toLocaleString('en');
  return [
    {
      name: 'partition',
      title: `A client holds ${mean === task.labels.length ? 'all' : `${Number(mean.toFixed(1))} of`} ${task.labels.length} classes${mean === task.labels.length ? '' : ' on average'} (partition ${settings.partition ?? 'iid'})`,
      note: `Training rows of ${counts.length} clients by class: the stronger the color, the more, up to ${whole(most)}. These clients hold ${least === largest ? `${whole(least)} rows each` : `${whole(least)} to ${whole(largest)} rows`}.`,
      draw: (size) =>
        matrixPlot(
          {
            rows: counts.map((_, i) => `${i + 1}`),
            columns: task.labels,
            ...{ x: 'class', y: 'client' },
            shares: counts.map((row) => row.map((count) => count / most)),
            ...(counts.length <= 12 && {
              text: (r: number, c: number) => (counts[r][c] === 0 ? '' : String(counts[r][c])),
            }),
          },
          size,
        ),
    },
  ];
}
