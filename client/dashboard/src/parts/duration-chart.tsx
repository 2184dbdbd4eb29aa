/** How long rounds took, from the opening of the last attempt to the published model. */
import type { TimedRound } from '@fedhybnn/shared';
import { useMemo } from 'preact/hooks';
import { messages, numbers } from '../messages/language.js';
import { durationOf } from '../state/figures.js';
import { Chart } from './chart.js';

const HEIGHT = 240;
/** As many bars as can be told apart. */
const MOST = 60;
/** What people count seconds, minutes and hours in. Milliseconds. */
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000],
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1440, 2880, 7200, 14_400].map((min) => min * 60_000),
];

export function DurationChart({ known }: { readonly known: readonly TimedRound[] }) {
  const words = messages.value.overview;
  const n = numbers.value;
  const timed = useMemo(
    () =>
      known.slice(-MOST).flatMap((round) => {
        const ms = durationOf(round);
        return ms === null ? [] : [{ ms, round: round.round, counted: round.counted }];
      }),
    [known],
  );
  const columns = useMemo(
    () => [timed.map(({ round }) => round), timed.map(({ ms }) => ms)] as const,
    [timed],
  );
  const last = timed.at(-1);
  return (
    <>
      <div class="card-head">
        <h2>{words.durations}</h2>
      </div>
      {last && timed.length > 1 ? (
        <Chart
          label={words.durationsText(n, last.ms, Math.max(...timed.map(({ ms }) => ms)))}
          columns={columns}
          lookKey={n.percent(0.5)}
          look={{
            ...{ height: HEIGHT, bars: true, wholeX: true, x: n.whole },
            ...{ y: n.durations, steps: STEPS },
            range: (_low, high) => [0, Math.max(1, high * 1.05)],
          }}
          readout={(i) => words.durationReadout(n, timed[i].round, timed[i].ms, timed[i].counted)}
        />
      ) : (
        <p class="muted">{words.chartWaits}</p>
      )}
    </>
  );
}
