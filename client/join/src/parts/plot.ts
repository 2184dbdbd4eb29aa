/** The chart's library, loaded when there is something to draw. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Numbers } from '../../../look/src/numbers.js';

/** @param data rounds, own accuracy, central accuracy */
export function createPlot(
  parent: HTMLElement,
  height: number,
  numbers: Numbers,
  data: uPlot.AlignedData,
): uPlot {
  const style = getComputedStyle(parent);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const font = `12px ${style.fontFamily}`;
  const grid = { stroke: color('--line'), width: 1 };
  const axis = { stroke: color('--muted'), font, grid, ticks: { show: false } };
  return new uPlot(
    {
      width: parent.clientWidth,
      height,
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 8, 0, 0],
      scales: { x: { time: false }, y: { range: (_plot, _low, high) => [0, Math.max(1, high)] } },
      axes: [
        { ...axis, size: 26, gap: 4, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
        {
          ...axis,
          size: 44,
          gap: 6,
          values: (_plot, splits) => splits.map((share) => `${numbers.whole(100 * share)} %`),
        },
      ],
      series: [
        {},
        {
          stroke: color('--accent'),
          width: 2.5,
          spanGaps: true,
          points: { show: false },
        },
        {
          stroke: color('--muted'),
          width: 1.5,
          dash: [4, 4],
          spanGaps: true,
          points: { show: false },
        },
      ],
    },
    data,
    parent,
  );
}
