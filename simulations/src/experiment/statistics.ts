/** Mean and sample deviation over seeds. */
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
