/** How fast a federation learns: over rounds, bytes, and simulated time. */
import type { Figure, FigureSize } from '../plots/figure.js';
import { type LinePlot, type LinePoint, linePlot } from '../plots/line-plot.js';
import { bytesText, durationText, percentText } from '../plots/units.js';
import type { RoundRecord, RunData } from './run-data.js';

/** What accuracies are shown over. */
export type Progression = 'rounds' | 'bytes' | 'time';

export const X_LABELS: Readonly<Record<Progression, string>> = {
  rounds: 'round',
  bytes: 'bytes of the whole federation, up and down',
  time: 'simulated time',
};

/** Accuracies in percent, at the rounds that were evaluated; empty without simulated time. */
export function learningPoints(
  rounds: readonly RoundRecord[],
  over: Progression,
): readonly LinePoint[] {
  let bytes = 0;
  return rounds.flatMap(({ round, accuracy, uplinkBytes, downlinkBytes, simulatedMs }) => {
    bytes += uplinkBytes + downlinkBytes;
    const seconds = simulatedMs === undefined ? undefined : simulatedMs / 1000;
    const x = { rounds: round, bytes, time: seconds }[over];
    return accuracy === null || x === undefined ? [] : [{ x, y: 100 * accuracy }];
  });
}

/** The axis of a progression. */
export function progressionAxis(over: Progression): LinePlot['x'] {
  if (over === 'rounds') return { label: X_LABELS.rounds };
  return { label: X_LABELS[over], format: over === 'bytes' ? bytesText : durationText };
}

export function learningFigures(run: RunData): Figure[] {
  const { finalAccuracy, rounds, uplinkBytes, downlinkBytes } = run.summary;
  const points = learningPoints(run.rounds, 'rounds');
  const near = points.find(({ y }) => y >= 100 * finalAccuracy - 1)?.x ?? rounds;
  const final = percentText(finalAccuracy, 1);
  const last = run.rounds.at(-1)?.simulatedMs;
  const titles: Readonly<Record<Progression, string>> = {
    rounds: `${final} after ${rounds} rounds, within a point of it from round ${near} on`,
    bytes: `${final} for ${bytesText(uplinkBytes + downlinkBytes)} over the network`,
    time: `${final} in ${durationText((last ?? 0) / 1000)} of simulated time`,
  };
  return (['rounds', 'bytes', 'time'] as const).flatMap((over) => {
    const own = learningPoints(run.rounds, over);
    const draw = (size: FigureSize) =>
      linePlot(
        {
          x: progressionAxis(over),
          y: { label: 'accuracy on the test set, %' },
          lines: [{ title: '', points: own }],
        },
        size,
      ) ?? '';
    return own.length < 2 ? [] : [{ name: `accuracy-${over}`, title: titles[over], draw }];
  });
}

/** A line for each number that observers measured besides. */
export function measuredFigures({ rounds }: RunData): Figure[] {
  const names = new Set(
    rounds.flatMap(({ extra = {} }) =>
      Object.entries(extra).flatMap(([name, value]) => (typeof value === 'number' ? [name] : [])),
    ),
  );
  names.delete('payloadBytes');
  return [...names].flatMap((name): Figure[] => {
    const points = rounds.flatMap(({ round, extra }) => {
      const value = extra?.[name];
      return typeof value === 'number' ? [{ x: round, y: value }] : [];
    });
    const values = points.map(({ y }) => y);
    const share = Math.min(...values) >= 0 && Math.max(...values) <= 1;
    const [title, last] = [wordsOf(name), values[values.length - 1]];
    const domain = [Math.min(0, ...values), share ? 1 : Math.max(...values) * 1.05] as const;
    const draw = (size: FigureSize) =>
      linePlot(
        {
          x: { label: 'round' },
          y: {
            label: share ? `${title}, share` : title,
            ...(domain[0] < domain[1] && { domain }),
            format: (value) => String(Number(value.toPrecision(3))),
          },
          lines: [{ title, points }],
        },
        size,
      ) ?? '';
    if (points.length < 2) return [];
    return [
      {
        name: `measured-${name}`,
        title: `${title[0].toUpperCase()}${title.slice(1)}: ${Number(last.toPrecision(3))} in the last round`,
        draw,
      },
    ];
  });
}

/** `attackSuccess` as `attack success`. */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll('.', ' ');
}
