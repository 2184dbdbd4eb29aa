/** Progress on stderr: a bar on a terminal, plain lines elsewhere. stdout is for results. */
import { SingleBar } from 'cli-progress';
import type { RoundMetrics } from '../engine/round-metrics.js';

export interface Progress {
  note(text: string): void;
  start(rounds: number): void;
  round(metrics: RoundMetrics): void;
  stop(): void;
}

export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? barProgress(stream) : lineProgress(stream);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function barProgress(stream: NodeJS.WriteStream): Progress {
  let accuracy = '–';
  const bar = new SingleBar({
    format: '{bar} round {value}/{total}  accuracy {accuracy}  ETA {eta_formatted}',
    stream,
    hideCursor: true,
    barsize: 28,
  });
  return {
    note: (text) => stream.write(`${text}\n`),
    start: (rounds) => bar.start(rounds, 0, { accuracy }),
    round: (metrics) => {
      // Where not every round is evaluated, the last known one stays.
      if (metrics.accuracy !== null) accuracy = percent(metrics.accuracy);
      bar.update(metrics.round, { accuracy });
    },
    stop: () => bar.stop(),
  };
}

function lineProgress(stream: NodeJS.WriteStream): Progress {
  let total = 0;
  return {
    note: (text) => stream.write(`${text}\n`),
    start: (rounds) => {
      total = rounds;
    },
    round: ({ round, accuracy, loss, counted, seconds, extra }) => {
      const parts = [
        `round ${round}/${total}`,
        ...(accuracy === null ? [] : [`accuracy ${percent(accuracy)}`]),
        ...(typeof extra?.attackSuccess === 'number'
          ? [`attack ${percent(extra.attackSuccess)}`]
          : []),
        ...(loss === null ? [] : [`loss ${loss.toFixed(4)}`]),
        `${counted} updates`,
        `${Math.round(1000 * seconds)} ms`,
      ];
      stream.write(`${parts.join('  ')}\n`);
    },
    stop: () => {},
  };
}
