/** How much the clients' votes agree, layer by layer. */
import { AGREEMENT_BINS, coinAgreement } from '../analysis/index.js';
import type { Figure } from '../plots/figure.js';
import { histogram } from '../plots/histogram.js';
import { linePlot } from '../plots/line-plot.js';
import type { RoundRecord, RunData } from './run-data.js';

export function voteFigures(run: RunData): Figure[] {
  const measured = run.rounds.flatMap((record) => {
    const means = record.extra?.agreement;
    return Array.isArray(means) ? [{ record, means }] : [];
  });
  const last = measured.at(-1);
  if (last === undefined) return [];
  const voted = run.layers.filter(({ parameters }) => parameters > 0);
  const { counted } = last.record;
  const coins = coinAgreement(counted);
  const mean = last.means[0];
  const overRounds: Figure[] =
    measured.length < 2
      ? []
      : [
          {
            name: 'agreement-rounds',
            title: 'Do the votes agree less, the more has been learnt?',
            note: `Mean of |S|/n over the voted parameters of a layer: S is the sum of n votes of ±1. ${counted} coins would have ${coins.toFixed(2)}.`,
            draw: (size) =>
              linePlot(
                {
                  x: { label: 'round' },
                  y: {
                    ...{ label: 'mean agreement |S|/n', domain: [0, 1] },
                    format: (value) => value.toFixed(2),
                  },
                  lines: last.means.map((_, layer) => ({
                    title: voted[layer]?.name ?? `layer ${layer + 1}`,
                    points: measured.map(({ record, means }) => ({
                      x: record.round,
                      y: means[layer],
                    })),
                  })),
                },
                size,
              ) ?? '',
          },
        ];
  return [
    {
      name: 'agreement',
      title: `In round ${last.record.round} the votes of ${counted} clients agree by ${mean.toFixed(2)} on average; coins: ${coins.toFixed(2)}`,
      note: 'Each bar: the share of a layer’s voted parameters with this agreement |S|/n. 1: all clients vote the same; 0: as many up as down.',
      draw: (size) =>
        histogram(
          {
            x: 'agreement |S|/n',
            y: 'voted parameters, %',
            domain: [-0.03, 1.03],
            panels: panelsOf(last.record, voted).map(({ name, shares }, i) => ({
              name,
              bins: shares.flatMap((share, k) => {
                const at = k / (AGREEMENT_BINS - 1);
                return share === 0 ? [] : [{ low: at - 0.02, high: at + 0.02, share }];
              }),
              marks: [
                { value: coins, text: `coins ${coins.toFixed(2)}` },
                { value: last.means[i], text: `mean ${last.means[i].toFixed(2)}` },
              ],
            })),
          },
          size,
        ),
    },
    ...overRounds,
  ];
}

function panelsOf(
  { extra = {} }: RoundRecord,
  voted: RunData['layers'],
): { name: string; shares: readonly number[] }[] {
  return Object.entries(extra).flatMap(([key, value]) => {
    const [, number] = /^agreement\.(\d+)$/.exec(key) ?? [];
    if (number === undefined || typeof value === 'number') return [];
    const layer = voted[Number(number) - 1];
    const size = layer === undefined ? '' : `, ${layer.parameters.toLocaleString('en')} parameters`;
    return [{ name: `${layer?.name ?? `layer ${number}`}${size}`, shares: value }];
  });
}
