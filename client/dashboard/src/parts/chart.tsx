/** A curve or bars over a number, with the values under the pointer. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Columns, Plot, PlotLook } from './plot.js';

interface ChartProps {
  /** What is drawn, for those who do not see it. */
  readonly label: string;
  readonly columns: Columns;
  readonly look: Omit<PlotLook, 'onPoint'>;
  /** Changes when the look does. */
  readonly lookKey: string;
  /** Says what stands at a position. */
  readonly readout: (index: number) => string;
}

export function Chart({ label, columns, look, lookKey, readout }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | undefined>(undefined);
  const latest = useRef({ columns, look });
  latest.current = { columns, look };
  const [at, setAt] = useState<number | undefined>(undefined);

  useEffect(() => {
    const parent = place.current;
    if (parent === null) return;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    let over = false;
    const draw = async () => {
      const { createPlot } = await import('./plot.js');
      if (over) return;
      plot.current?.destroy();
      const { look: now, columns: shown } = latest.current;
      plot.current = createPlot(parent, { ...now, onPoint: setAt }, shown);
    };
    const resized = new ResizeObserver(() => plot.current?.resize(parent.clientWidth));
    void draw();
    resized.observe(parent);
    dark.addEventListener('change', draw);
    return () => {
      over = true;
      resized.disconnect();
      dark.removeEventListener('change', draw);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [lookKey]);
  useEffect(() => plot.current?.show(columns), [columns]);

  const last = columns[0].length - 1;
  return (
    <div class="chart">
      <p class="readout" aria-hidden="true">
        {readout(at === undefined || at > last ? last : at)}
      </p>
      <div ref={place} role="img" aria-label={label} style={{ height: `${look.height}px` }} />
    </div>
  );
}
