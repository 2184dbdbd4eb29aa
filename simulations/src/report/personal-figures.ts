/** What a fine-tuned head gives to each client: in a run, and in runs beside each other. */
import { type Dot, dotPlot } from '../plots/dot-plot.js';
import type { Figure } from '../plots/figure.js';
import { histogram, histogramBins } from '../plots/histogram.js';
import { pairPlot } from '../plots/pair-plot.js';
import { percentText } from '../plots/units.js';
import type { RunGroup } from './group-runs.js';
import type { Table } from './page.js';
import type { RunData } from './run-data.js';
import { statisticsOf, statisticsText, worstTenth } from './statistics.js';

/** Clients in a picture: more would hide each other, and make a large page. */
const MOST = 1000;

export function personalFigures(run: RunData): Figure[] {
  const { personal: summary } = run.summary;
  const clients = run.personal?.clients.slice(0, MOST) ?? [];
  if (summary === undefined || clients.length < 2) return [];
  const pairs = clients.map(({ global, personal }) => ({ x: 100 * global, y: 100 * personal }));
  const low = lowest(pairs.flatMap(({ x, y }) => [x, y]));
  const shown = summary.clients > MOST ? ` Drawn: the first ${MOST}.` : '';
  const gained = 100 * (summary.personal.mean - summary.global.mean);
  const panel = (name: string, values: readonly number[]) => {
    const worst = worstTenth(values);
    const mean = statisticsOf(values)?.mean ?? 0;
    return {
      name,
      bins: histogramBins(values, [low, 100]),
      marks: [
        { value: worst, text: `worst tenth ${worst.toFixed(1)}` },
        { value: mean, text: `mean ${mean.toFixed(1)}` },
      ],
    };
  };
  return [
    {
      name: 'personal',
      title: `A head of its own gives a client ${signedPoints(gained)} on average: ${percentText(summary.personal.mean, 1)} in place of ${percentText(summary.global.mean, 1)}`,
      note: `Accuracy on each client's own held-out samples, which nobody trained on, ${summary.clients.toLocaleString('en')} clients: of the last global model, and of the same after ${run.personal?.settings.epochs} epochs on the client's training samples at a rate of ${run.personal?.settings.learningRate}.${shown}`,
      draw: (size) =>
        histogram(
          {
            ...{ x: 'accuracy on own held-out samples, %', y: 'clients, %', domain: [low, 100] },
            panels: [
              panel(
                'global head',
                pairs.map(({ x }) => x),
              ),
              panel(
                'personal head',
                pairs.map(({ y }) => y),
              ),
            ],
          },
          size,
        ),
    },
    {
      name: 'personal-clients',
      title: `${percentText(summary.gain, 0)} of the clients gain, ${percentText(summary.lose, 0)} lose`,
      note: `Each mark is a client: above the line, where its personal head is better on its held-out samples; below, where it is worse; on it, where nothing changes. The stronger the color, the more clients.${shown}`,
      draw: (size) =>
        pairPlot(
          {
            ...{ x: 'global head, %', y: 'personal head, %', domain: [low, 100], points: pairs },
            ...{ above: 'personal is better', below: 'global is better' },
          },
          size,
        ),
    },
  ];
}

/** Nothing where the run has not personalized. */
export function personalTable({ summary: { personal } }: RunData): Table | undefined {
  if (personal === undefined) return undefined;
  const row = (name: string, { mean, q10, median, q90 }: typeof personal.global) => [
    name,
    ...[mean, q10, median, q90].map((accuracy) => (100 * accuracy).toFixed(1)),
  ];
  return {
    head: ['head', 'mean, %', 'a tenth below', 'half below', 'nine tenths below'],
    rows: [row('global', personal.global), row('personal', personal.personal)],
  };
}

/** Global and personal heads of the settings that have both. */
export function personalComparison(groups: readonly RunGroup[]): Figure[] {
  const having = groups.filter((group) => personalOf(group).length > 0);
  if (having.length === 0) return [];
  const dots = having.flatMap((group) =>
    (['global', 'personal'] as const).map((head): Dot => {
      const own = personalOf(group).map((personal) => 100 * personal[head].mean);
      const { mean, deviation = 0 } = statisticsOf(own) ?? { mean: 0 };
      return {
        ...{ row: group.name, column: `${head} head`, mean },
        ...{ low: mean - deviation, high: mean + deviation },
      };
    }),
  );
  const gains = having.map((group) => ({
    group,
    gain: statisticsOf(personalOf(group).map((p) => 100 * (p.personal.mean - p.global.mean))),
  }));
  const [most] = gains.sort((a, b) => (b.gain?.mean ?? 0) - (a.gain?.mean ?? 0));
  return [
    {
      name: 'personal',
      title: `A personal head gives most with ${most.group.name}: ${signedPoints(most.gain?.mean ?? 0)}`,
      note: 'Accuracy on clients’ own held-out samples, mean over clients and seeds; lines: ± sample deviation over seeds.',
      draw: (size) => dotPlot({ label: 'accuracy on own held-out samples, %', dots }, size) ?? '',
    },
  ];
}

/** Cells of a setting in the table of all, under {@link PERSONAL_HEAD}. */
export function personalCells(group: RunGroup): string[] {
  const all = personalOf(group);
  const text = (pick: (personal: Personal) => number, digits: number) =>
    statisticsText(statisticsOf(all.map(pick)), { scale: 100, digits });
  return [
    ...[text(({ global }) => global.mean, 2), text(({ personal }) => personal.mean, 2)],
    ...[text(({ gain }) => gain, 0), text(({ lose }) => lose, 0)],
  ];
}

export const PERSONAL_HEAD: readonly string[] = [
  ...['own samples: global head, %', 'personal head, %', 'clients that gain, %', 'lose, %'],
];

type Personal = NonNullable<RunData['summary']['personal']>;

export function personalOf({ runs }: RunGroup): Personal[] {
  return runs.flatMap(({ summary }) => summary.personal ?? []);
}

function lowest(values: readonly number[]): number {
  return Math.max(0, Math.floor(Math.min(...values) / 5) * 5);
}

/** `1.18 points`, `−0.20 points`. */
function signedPoints(points: number): string {
  return `${points.toFixed(2).replace('-', '−')} points`;
}
