/** The accuracy by round, as it comes. */
import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import { messages, numbers } from '../messages/language.js';
import { change, type Point, points } from '../state/store.js';

const HEIGHT = 180;

export function AccuracyChart({ rounds }: { readonly rounds: number }) {
  const words = messages.value.train;
  const n = numbers.value;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const known = points.value;
  const enough = known.length > 1;

  useEffect(() => {
    const parent = place.current;
    if (!enough || !parent) return;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    let over = false;
    const draw = async () => {
      const { createPlot } = await import('./plot.js');
      if (over) return;
      plot.current?.destroy();
      plot.current = createPlot(parent, HEIGHT, n, columns(points.value));
    };
    const resized = new ResizeObserver(() =>
      plot.current?.setSize({ width: parent.clientWidth, height: HEIGHT }),
    );
    void draw();
    resized.observe(parent);
    dark.addEventListener('change', draw);
    return () => {
      over = true;
      resized.disconnect();
      dark.removeEventListener('change', draw);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [enough, n]);
  useEffect(() => {
    plot.current?.setData(columns(known));
  }, [known]);

  const own = known.some((point) => point.own !== undefined);
  const central = known.some((point) => point.central !== undefined);
  const ends = change.value;
  const text = ends ? `: ${words.chartText(n, ends.first, ends.last)}` : '';
  return (
    <figure class="chart">
      <figcaption>
        <h2>{words.chart}</h2>
        {own && <span class="legend mine">{words.legendYours}</span>}
        {central && <span class="legend central">{words.legendCentral}</span>}
      </figcaption>
      {enough ? (
        <div ref={place} role="img" aria-label={`${words.chart}${text}`} data-rounds={rounds} />
      ) : (
        <p class="small">{words.chartWaits}</p>
      )}
    </figure>
  );
}

function columns(known: readonly Point[]): uPlot.AlignedData {
  return [
    known.map(({ round }) => round),
    known.map(({ own }) => own ?? null),
    known.map(({ central }) => central ?? null),
  ];
}
