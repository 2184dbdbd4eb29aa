/** Progress on stderr: a bar on a terminal, plain lines elsewhere. stdout is for results. */
import { SingleBar } from 'cli-progress';
import { shownTime } from '../behaviors/index.js';
import type { RoundMetrics } from '../engine/round-metrics.js';
import { sparkline } from '../plots/sparkline.js';
import { bytesText, percentText } from '../plots/units.js';

export interface Progress {
  note(text: string): void;
  start(rounds: number): void;
  round(metrics: RoundMetrics): void;
  stop(): void;
}

export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? barProgress(stream) : lineProgress(stream);
}

/** What is known of the rounds so far, as short texts. */
export class RoundsSoFar {
  private readonly accuracies: number[] = [];
  private uplink = 0;
  private downlink = 0;
  private done = 0;
  private readonly start = performance.now();

  add({ accuracy, uplinkBytes, downlinkBytes }: RoundMetrics): void {
    this.done++;
    this.uplink += uplinkBytes;
    this.downlink += downlinkBytes;
    // Where not every round is evaluated, the last known one stays.
    if (accuracy !== null) this.accuracies.push(accuracy);
  }

  texts() {
    const last = this.accuracies.at(-1);
    const seconds = (performance.now() - this.start) / 1000;
    const speed = this.done / Math.max(seconds, 1e-3);
    return {
      accuracy: last === undefined ? '–' : percentText(last),
      spark: sparkline(this.accuracies, 12),
      speed: speed.toFixed(speed < 10 ? 1 : 0),
      bytes: `↑ ${bytesText(this.uplink)} ↓ ${bytesText(this.downlink)}`,
    };
  }
}

function barProgress(stream: NodeJS.WriteStream): Progress {
  const bar = new SingleBar({
    format: '{bar} {value}/{total}  {accuracy} {spark}  {speed} rounds/s  {eta_formatted}  {bytes}',
    stream,
    hideCursor: true,
    barsize: 14,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  const rounds = new RoundsSoFar();
  return {
    note: (text) => stream.write(`${text}\n`),
    start: (total) => bar.start(total, 0, rounds.texts()),
    round: (metrics) => {
      rounds.add(metrics);
      bar.update(metrics.round, rounds.texts());
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
    round: ({ round, accuracy, loss, counted, seconds, simulatedMs, extra }) => {
      const parts = [
        `round ${round}/${total}`,
        ...(accuracy === null ? [] : [`accuracy ${percentText(accuracy)}`]),
        ...(typeof extra?.attackSuccess === 'number'
          ? [`attack ${percentText(extra.attackSuccess)}`]
          : []),
        ...(loss === null ? [] : [`loss ${loss.toFixed(4)}`]),
        `${counted} updates`,
        `${Math.round(1000 * seconds)} ms`,
        ...(simulatedMs === undefined ? [] : [`simulated ${shownTime(simulatedMs / 1000)}`]),
      ];
      stream.write(`${parts.join('  ')}\n`);
    },
    stop: () => {},
  };
}
