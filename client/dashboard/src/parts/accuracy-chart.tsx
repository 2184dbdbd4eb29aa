/** Accuracy over rounds, or over the bytes that all clients have sent and received. */
import type { TimedRound } from '@fedhybnn/shared';
import { useMemo, useState } from 'preact/hooks';
import { messages, numbers } from '../messages/language.js';
import { bytesUpTo } from '../state/figures.js';
import { Chart } from './chart.js';
import { Choice } from './choice.js';

const HEIGHT = 240;

export function AccuracyChart({ known }: { readonly known: readonly TimedRound[] }) {
  const words = messages.value.overview;
  const n = numbers.value;
  const [over, setOver] = useState<'rounds' | 'bytes'>('rounds');
  const measured = useMemo(() => {
    const bytes = bytesUpTo(known);
    return known.flatMap(({ round, accuracy }, i) =>
      accuracy === null ? [] : [{ round, accuracy, bytes: bytes[i] }],
    );
  }, [known]);
  const columns = useMemo(
    () =>
      [
        measured.map(({ round, bytes }) => (over === 'rounds' ? round : bytes)),
        measured.map(({ accuracy }) => accuracy),
      ] as const,
    [measured, over],
  );
  const [first, last] = [measured.at(0), measured.at(-1)];
  return (
    <>
      <div class="card-head">
        <h2>{words.chart}</h2>
        <Choice
          label={words.axis}
          value={over}
          choices={{ rounds: words.byRounds, bytes: words.byBytes }}
          onChange={setOver}
        />
      </div>
      {first && last && measured.length > 1 ? (
        <Chart
          label={words.chartText(n, first.accuracy, last.accuracy, measured.length)}
          columns={columns}
          lookKey={`${over} ${n.percent(0.5)}`}
          look={{
            ...{ height: HEIGHT, bars: false, wholeX: over === 'rounds', range: accuracyRange },
            x: over === 'rounds' ? n.whole : n.bytes,
            y: (shares) => shares.map(n.tick),
          }}
          readout={(i) => {
            const { round, accuracy, bytes } = measured[i];
            return words.readout(n, round, n.percent(accuracy), bytes);
          }}
        />
      ) : (
        <p class="muted">
          {known.length > 1 && measured.length === 0 ? words.chartUnmeasured : words.chartWaits}
        </p>
      )}
    </>
  );
}

/** Up to 100 %, and down to where the curve begins, in steps of 10 %. */
export function accuracyRange(low: number): [number, number] {
  return [Math.max(0, Math.floor(10 * low - 0.01) / 10), 1];
}
