/** Means over seeds, how sure they are, and how unequal the parts of a whole. */
export interface Statistics {
  readonly mean: number;
  /** √(Σ(x − mean)² / (n − 1)); nothing for a single value. */
  readonly deviation?: number;
  readonly count: number;
}

/** @returns nothing where there are no values */
export function statisticsOf(values: readonly number[]): Statistics | undefined {
  const count = values.length;
  if (count === 0) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { mean, count };
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { mean, deviation: Math.sqrt(squares / (count - 1)), count };
}

/** `97.31 ± 0.06`; a dash where there is nothing. */
export function statisticsText(
  statistics: Statistics | undefined,
  { scale = 1, digits }: { readonly scale?: number; readonly digits: number },
): string {
  if (statistics === undefined) return '–';
  const { mean, deviation } = statistics;
  const text = (scale * mean).toFixed(digits);
  return deviation === undefined ? text : `${text} ± ${(scale * deviation).toFixed(digits)}`;
}

/** 0.975-quantiles of Student's t by degrees of freedom; 1.96 from 30 on is 4 % too small at most. */
const T_QUANTILES = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16],
  ...[2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052],
  ...[2.048, 2.045],
];

/** A difference of two settings over the seeds that both were played with. */
export interface PairedDifference {
  readonly mean: number;
  /** Half the width of the 95 % confidence interval by Student's t; nothing for a single seed. */
  readonly margin?: number;
  readonly seeds: number;
}

/** Mean of a − b, pair by pair. @returns nothing without pairs */
export function pairedDifference(
  pairs: readonly (readonly [number, number])[],
): PairedDifference | undefined {
  const statistics = statisticsOf(pairs.map(([a, b]) => a - b));
  if (statistics === undefined) return undefined;
  const { mean, deviation, count } = statistics;
  if (deviation === undefined) return { mean, seeds: count };
  const quantile = T_QUANTILES[count - 2] ?? 1.96;
  return { mean, margin: (quantile * deviation) / Math.sqrt(count), seeds: count };
}

/** Mean of the lowest tenth of the values, at least one of them. */
export function worstTenth(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b).slice(0, Math.max(1, values.length / 10));
  return sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
}

/**
 * Gini coefficient of values ≥ 0: Σ(2i − n − 1)·x_i / (n·Σx) over the values in ascending order, from
 * 0 where all are equal to almost 1 where one has everything.
 */
export function gini(values: readonly number[]): number {
  const n = values.length;
  const total = values.reduce((sum, value) => sum + value, 0);
  if (total === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.reduce((sum, value, i) => sum + (2 * (i + 1) - n - 1) * value, 0) / (n * total);
}
