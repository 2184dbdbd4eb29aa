/** The rounds of a run as a table for spreadsheets and data frames (RFC 4180). */
import type { RoundMetrics } from '../engine/round-metrics.js';

/** A row a round; of what observers measured, the single numbers. Empty where nothing is known. */
export function metricsCsv(rounds: readonly RoundMetrics[]): string {
  const records = rounds.map(({ extra = {}, ...metrics }) => ({
    ...metrics,
    ...Object.fromEntries(Object.entries(extra).filter(([, value]) => typeof value === 'number')),
  }));
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const lines = records.map((record) => {
    const values = new Map(Object.entries<unknown>(record));
    return columns.map((column) => values.get(column) ?? '').join(',');
  });
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`;
}
