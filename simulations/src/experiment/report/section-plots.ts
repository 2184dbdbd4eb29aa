/** The plots of a section: accuracy over rounds, over bytes, and after the last round. */
import { dotPlot } from '../../plots/dot-plot.js';
import type { FigureSize } from '../../plots/figure.js';
import { linePlot } from '../../plots/line-plot.js';
import { bytesText } from '../../plots/units.js';
import { statisticsOf } from '../../report/statistics.js';
import type { PlayedCase } from '../play-experiment.js';
import type { FigureKind } from '../section.js';

/** @returns nothing where there are no results yet */
export function sectionPlot(
  kind: FigureKind,
  cases: readonly PlayedCase[],
  size: FigureSize,
): string | undefined {
  return kind === 'dots' ? dots(cases, size) : lines(kind, cases, size);
}

function dots(cases: readonly PlayedCase[], size: FigureSize): string | undefined {
  const all = cases.flatMap(({ row, column, results }) => {
    const statistics = statisticsOf(results.map(({ result }) => 100 * result.accuracy));
    if (statistics === undefined) return [];
    const { mean, deviation = 0 } = statistics;
    return [{ row, column, mean, low: mean - deviation, high: mean + deviation }];
  });
  const label = 'accuracy on the test set, % (lines: ± sample deviation)';
  return dotPlot({ label, dots: all }, size);
}

function lines(
  kind: 'rounds' | 'bytes',
  cases: readonly PlayedCase[],
  size: FigureSize,
): string | undefined {
  return linePlot(
    {
      x:
        kind === 'rounds'
          ? { label: 'round' }
          : {
              label:
                'bytes of one client, up and down, with the extractor and the initial model (log scale)',
              ...{ log: true, format: bytesText },
            },
      y: { label: 'accuracy on the test set, %' },
      lines: cases.map((which, style) => ({
        ...{ title: which.row, style, points: pointsOf(which, kind) },
      })),
    },
    size,
  );
}

/** Mean accuracy of the seeds. */
function pointsOf({ results }: PlayedCase, kind: 'rounds' | 'bytes'): { x: number; y: number }[] {
  const seeds = results.flatMap(({ result }) => result.federation ?? []);
  const rounds = Math.min(...seeds.map((seed) => seed.rounds.length));
  if (seeds.length === 0) return [];
  const [first] = seeds;
  let bytes = first.onceBytes;
  return Array.from({ length: rounds }, (_, r) => {
    bytes += first.rounds[r].bytes;
    const sum = seeds.reduce((total, seed) => total + seed.rounds[r].accuracy, 0);
    return { x: kind === 'rounds' ? r + 1 : bytes, y: (100 * sum) / seeds.length };
  });
}
