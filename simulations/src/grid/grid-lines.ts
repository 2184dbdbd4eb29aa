/** A grid as lines of text: a line for each case, in it a mark for each seed. */
import type { RoundMetrics } from '../engine/round-metrics.js';
import { sparkline } from '../plots/sparkline.js';
import { durationText, percentText } from '../plots/units.js';
import type { GridCase } from './grid-cases.js';

/** How a run stands: a share is its accuracy. */
export type RunState = 'waiting' | 'playing' | 'failed' | { readonly accuracy: number };

export interface GridPicture {
  readonly cases: readonly GridCase[];
  readonly states: ReadonlyMap<GridCase, RunState>;
  readonly current?: { readonly which: GridCase; readonly rounds: readonly RoundMetrics[] };
  /** Seconds until all is done, where one can say. */
  readonly left?: number;
}

const BAR = 24;

/**
 * @param columns width of the terminal; no line is longer
 * @param rows height: cases around the one in progress are shown, and how many are not
 */
export function gridLines(picture: GridPicture, columns: number, rows: number): string[] {
  const { cases, states, current, left } = picture;
  const names = [...new Set(cases.map(({ name }) => name))];
  const done = [...states.values()].filter((s) => typeof s === 'object').length;
  const time = left === undefined ? '' : `  about ${durationText(left)} left`;
  const room = Math.max(3, rows - 5);
  const at = Math.max(0, current === undefined ? 0 : names.indexOf(current.which.name));
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), names.length - room));
  const shown = names.slice(first, first + room);
  const width = Math.min(Math.max(...names.map((name) => name.length)), columns - 24);
  const hidden = names.length - shown.length;
  return [
    `${bar(done / cases.length)} ${done}/${cases.length} runs${time}`,
    ...shown.map((name) => caseLine(name, width, picture)),
    ...(hidden > 0 ? [`  and ${hidden} more cases`] : []),
    ...(current === undefined ? [] : [currentLine(current)]),
  ].map((line) => line.slice(0, columns));
}

function caseLine(name: string, width: number, { cases, states }: GridPicture): string {
  const own = cases.filter((which) => which.name === name);
  const marks = own.map((which) => MARKS(states.get(which) ?? 'waiting'));
  const accuracies = own.flatMap((which) => {
    const state = states.get(which);
    return typeof state === 'object' ? [state.accuracy] : [];
  });
  const mean = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length;
  const text = accuracies.length === 0 ? '' : percentText(mean);
  return `  ${name.slice(0, width).padEnd(width)}  ${marks.join('')}  ${text}`.trimEnd();
}

function MARKS(state: RunState): string {
  if (typeof state === 'object') return '●';
  return { waiting: '·', playing: '◐', failed: '✗' }[state];
}

function currentLine({ which, rounds }: NonNullable<GridPicture['current']>): string {
  const total = which.options.rounds;
  const accuracies = rounds.flatMap(({ accuracy }) => accuracy ?? []);
  const last = accuracies.at(-1);
  const accuracy = last === undefined ? 'preparing' : percentText(last);
  return `${bar(rounds.length / total)} round ${rounds.length}/${total}  ${accuracy} ${sparkline(accuracies, 12)}`.trimEnd();
}

function bar(share: number): string {
  const full = Math.floor(share * BAR);
  return '█'.repeat(full) + '░'.repeat(BAR - full);
}
