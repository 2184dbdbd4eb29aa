/** What fine-tuning does to all clients that were looked at. */
import type { PersonalResult } from './personalize.js';

/** Accuracies over clients, each client counting once. */
export interface AccuracySpread {
  readonly mean: number;
  /** Quantiles: a tenth of the clients is below the first. */
  readonly q10: number;
  readonly median: number;
  readonly q90: number;
}

export interface PersonalSummary {
  /** Clients that were fine-tuned and judged. */
  readonly clients: number;
  readonly global: AccuracySpread;
  readonly personal: AccuracySpread;
  /** Shares of the clients whose accuracy rises, and falls. */
  readonly gain: number;
  readonly lose: number;
}

/** Undefined where no client had anything held out. */
export function personalSummary(results: readonly PersonalResult[]): PersonalSummary | undefined {
  if (results.length === 0) return undefined;
  const share = (is: (result: PersonalResult) => boolean) =>
    rounded(results.filter(is).length / results.length);
  return {
    clients: results.length,
    global: spreadOf(results.map(({ global }) => global)),
    personal: spreadOf(results.map(({ personal }) => personal)),
    gain: share(({ global, personal }) => personal > global),
    lose: share(({ global, personal }) => personal < global),
  };
}

function spreadOf(accuracies: readonly number[]): AccuracySpread {
  const sorted = [...accuracies].sort((a, b) => a - b);
  const at = (q: number) => rounded(sorted[Math.round(q * (sorted.length - 1))]);
  const mean = rounded(sorted.reduce((sum, value) => sum + value, 0) / sorted.length);
  return { mean, q10: at(0.1), median: at(0.5), q90: at(0.9) };
}

function rounded(value: number): number {
  return Number(value.toFixed(5));
}
