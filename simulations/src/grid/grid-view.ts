/** Shows a grid while it is played: one live picture on a terminal, a line for each run elsewhere. */
import { createLogUpdate } from 'log-update';
import type { RoundMetrics } from '../engine/round-metrics.js';
import { durationText, percentText } from '../plots/units.js';
import type { GridCase } from './grid-cases.js';
import { gridLines, type RunState } from './grid-lines.js';
import type { GridEvents } from './play-grid.js';

export interface GridView extends GridEvents {
  stop(): void;
}

export function createGridView(
  cases: readonly GridCase[],
  stream: NodeJS.WriteStream = process.stderr,
): GridView {
  return stream.isTTY ? liveView(cases, stream) : lineView(cases, stream);
}

/** Milliseconds between pictures. */
const PAUSE = 100;

function liveView(cases: readonly GridCase[], stream: NodeJS.WriteStream): GridView {
  const update = createLogUpdate(stream);
  const states = new Map<GridCase, RunState>();
  const clock = new GridClock(cases);
  let current: { which: GridCase; rounds: RoundMetrics[] } | undefined;
  let drawn = 0;
  const draw = (now = false) => {
    if (!now && performance.now() - drawn < PAUSE) return;
    drawn = performance.now();
    const left = clock.secondsLeft();
    const picture = {
      ...{ cases, states },
      ...(current && { current }),
      ...(left !== undefined && { left }),
    };
    update(gridLines(picture, stream.columns ?? 80, stream.rows ?? 24).join('\n'));
  };
  const set = (which: GridCase, state: RunState) => {
    states.set(which, state);
    draw(true);
  };
  return {
    kept: (which, accuracy) => {
      clock.kept();
      states.set(which, { accuracy });
    },
    started: (which) => {
      current = { which, rounds: [] };
      set(which, 'playing');
    },
    note: () => {},
    round: (_, metrics) => {
      current?.rounds.push(metrics);
      draw();
    },
    finished: (which, accuracy) => {
      clock.done();
      current = undefined;
      set(which, { accuracy });
    },
    failed: (which, { message }) => {
      clock.done();
      current = undefined;
      update.clear();
      stream.write(`failed: ${titleOf(which)}: ${message}\n`);
      set(which, 'failed');
    },
    stop: () => {
      draw(true);
      update.done();
    },
  };
}

function lineView(cases: readonly GridCase[], stream: NodeJS.WriteStream): GridView {
  const clock = new GridClock(cases);
  let kept = 0;
  let count = 0;
  let started = 0;
  const line = (text: string) => stream.write(`${text}\n`);
  return {
    kept: () => {
      clock.kept();
      kept++;
    },
    started: () => {
      if (count++ === 0) line(`${kept} runs are there, ${cases.length - kept} to play`);
      started = performance.now();
    },
    note: () => {},
    round: () => {},
    finished: (which, accuracy) => {
      clock.done();
      const seconds = durationText((performance.now() - started) / 1000);
      const left = clock.secondsLeft();
      const rest = left === undefined || left === 0 ? '' : `, about ${durationText(left)} left`;
      line(
        `[${count}/${cases.length - kept}] ${titleOf(which)}: ${percentText(accuracy)} in ${seconds}${rest}`,
      );
    },
    failed: (which, { message }) => {
      clock.done();
      line(`[${count}/${cases.length - kept}] ${titleOf(which)}: failed: ${message}`);
    },
    stop: () => {},
  };
}

function titleOf({ name, seed }: GridCase): string {
  return `${name === '' ? 'run' : name}, seed ${seed}`;
}

/** Runs are taken to be of equal length: what is left follows from what is done. */
class GridClock {
  private waiting: number;
  private played = 0;
  private readonly start = performance.now();

  constructor(cases: readonly GridCase[]) {
    this.waiting = cases.length;
  }

  kept(): void {
    this.waiting--;
  }

  done(): void {
    this.waiting--;
    this.played++;
  }

  secondsLeft(): number | undefined {
    if (this.played === 0) return undefined;
    return ((performance.now() - this.start) / 1000 / this.played) * this.waiting;
  }
}
