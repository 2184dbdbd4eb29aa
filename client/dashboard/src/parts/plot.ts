/** The chart's library, loaded when there is something to draw. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface PlotLook {
  readonly height: number;
  readonly bars: boolean;
  readonly x: (value: number) => string;
  /** What stands at the ticks of the vertical axis: all at once, so that they may share a unit. */
  readonly y: (values: readonly number[]) => string[];
  /** Whole numbers only on the horizontal axis. */
  readonly wholeX: boolean;
  /** Steps that the ticks of the vertical axis may have; absent: 1, 2 or 5 times a power of ten. */
  readonly steps?: readonly number[];
  /** Of the vertical axis, for the values that there are. */
  readonly range: (low: number, high: number) => [number, number];
  /** What the pointer is at, or undefined. */
  readonly onPoint: (index: number | undefined) => void;
}

export type Columns = readonly [readonly number[], readonly (number | null)[]];

export interface Plot {
  show(columns: Columns): void;
  resize(width: number): void;
  destroy(): void;
}

const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000];

export function createPlot(parent: HTMLElement, look: PlotLook, columns: Columns): Plot {
  const style = getComputedStyle(parent);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: color('--muted'),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  };
  const accent = color('--accent');
  const bars = uPlot.paths.bars?.({ size: [0.7, 24], radius: 0.15 });
  const plot = new uPlot(
    {
      width: parent.clientWidth,
      height: look.height,
      legend: { show: false },
      cursor: {
        x: true,
        y: false,
        drag: { x: false, y: false },
        points: { size: 9, fill: accent, width: 0 },
      },
      padding: [8, 8, 0, 0],
      scales: {
        x: { time: false, ...(look.bars && { range: (_u, low, high) => [low - 0.6, high + 0.6] }) },
        y: { range: (_u, low, high) => look.range(low ?? 0, high ?? 1) },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 28,
          gap: 6,
          ...(look.wholeX && { incrs: WHOLE }),
          values: (_u, splits) => splits.map(look.x),
        },
        {
          ...{ ...axis, size: 62, gap: 6, values: (_u, splits) => look.y(splits) },
          ...(look.steps && { incrs: [...look.steps] }),
        },
      ],
      series: [
        {},
        look.bars
          ? { fill: accent, width: 0, points: { show: false }, ...(bars && { paths: bars }) }
          : { stroke: accent, width: 2, spanGaps: true, points: { show: false } },
      ],
      hooks: { setCursor: [(u) => look.onPoint(u.cursor.idx ?? undefined)] },
    },
    columns as unknown as uPlot.AlignedData,
    parent,
  );
  return {
    show: (next) => plot.setData(next as unknown as uPlot.AlignedData),
    resize: (width) => plot.setSize({ width, height: look.height }),
    destroy: () => plot.destroy(),
  };
}
