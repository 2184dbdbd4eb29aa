/** The result of a run, as the command prints it. */
import { shownAttack } from '../attacks/index.js';
import type { BehaviorSummary } from '../behaviors/index.js';
import type { RoundMetrics } from '../engine/round-metrics.js';
import type { SimulationResult } from '../engine/simulation.js';
import type { PersonalSummary } from '../personal/index.js';
import type { MultiLabelSummary } from './multi-label-summary.js';
import type { RunOptions } from './options.js';

/** The contract of `run --json`. Accuracies in [0, 1] on the full test set; bytes as serialized; the six metrics of multi-label tasks only; simulated time with a behavior only. */
export interface RunSummary extends Partial<MultiLabelSummary>, Partial<BehaviorSummary> {
  readonly dataset: string;
  readonly rule: string;
  readonly clients: number;
  readonly cohort: number;
  /** Rounds that were published. */
  readonly rounds: number;
  readonly seed: number;
  readonly finalAccuracy: number;
  readonly bestAccuracy: number;
  /** Bits per parameter of one update, and of one step. */
  readonly uplinkBpp: number;
  readonly downlinkBpp: number;
  /** All counted updates; all steps, once for each cohort member. */
  readonly uplinkBytes: number;
  readonly downlinkBytes: number;
  readonly parameters: number;
  /** Without loading and extraction. */
  readonly seconds: number;
  readonly roundsPerSecond: number;
  /** Wall time of a round: half of them took less. */
  readonly medianRoundMs: number;
  /** Processor time of a round, all threads together, on average. */
  readonly cpuMsPerRound: number;
  readonly peakRssMb: number;
  readonly modelHash: string;
  /** With `--personalize`: fine-tuned heads against the global one. */
  readonly personal?: PersonalSummary;
  /** As `--attack` had it; absent without one. */
  readonly attack?: string;
  /** With a backdoor: the share of triggered images that the model takes for the target. */
  readonly attackSuccess?: number;
  /** With defenses: updates left out of the tally, and rounds that changed nothing. */
  readonly screened?: number;
  readonly rolledBack?: number;
}

/** @param cpuMsPerRound processor time */
export function summarize(
  options: RunOptions,
  result: SimulationResult,
  cpuMsPerRound: number,
): RunSummary {
  const { rounds, parameters } = result;
  const sum = (pick: (round: (typeof rounds)[number]) => number) =>
    rounds.reduce((total, round) => total + pick(round), 0);
  const uplinkBytes = sum((round) => round.uplinkBytes);
  const downlinkBytes = sum((round) => round.downlinkBytes);
  const updates = Math.max(
    1,
    sum((round) => round.counted),
  );
  const receivers = Math.max(
    1,
    sum((round) => round.receivers),
  );
  return {
    dataset: options.dataset,
    rule: options.rule,
    clients: options.clients,
    cohort: options.cohort,
    rounds: rounds.length,
    seed: options.seed,
    finalAccuracy: result.accuracy,
    bestAccuracy: rounds.reduce(
      (best, { accuracy }) => Math.max(best, accuracy ?? 0),
      result.accuracy,
    ),
    uplinkBpp: rounded((8 * uplinkBytes) / updates / parameters, 5),
    downlinkBpp: rounded((8 * downlinkBytes) / receivers / parameters, 5),
    uplinkBytes,
    downlinkBytes,
    parameters,
    seconds: rounded(result.seconds, 3),
    roundsPerSecond: rounded(rounds.length / result.seconds, 3),
    medianRoundMs: rounded(median(rounds.map((round) => 1000 * round.seconds)), 1),
    cpuMsPerRound: rounded(cpuMsPerRound, 1),
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    modelHash: result.modelHash,
    ...(options.attack !== undefined && {
      attack: shownAttack(options.attack),
    }),
    ...attackSuccessOf(rounds),
    ...(options.robust !== undefined && {
      screened: sum((round) => round.screened),
      rolledBack: rounds.filter(({ rolledBack }) => rolledBack).length,
    }),
  };
}

/** As the last round that was evaluated has it, where an attack has a goal of its own. */
function attackSuccessOf(rounds: readonly RoundMetrics[]): Pick<RunSummary, 'attackSuccess'> {
  const measured = rounds.findLast(({ extra }) => extra?.attackSuccess !== undefined);
  const value = measured?.extra?.attackSuccess;
  return typeof value === 'number' ? { attackSuccess: rounded(value, 4) } : {};
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? 0;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
