/** A row of numbers as a row of characters. */
const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/**
 * The last numbers as bars between their least and their greatest; numbers that hardly differ are
 * level.
 * @param width characters at most; more numbers than that are thinned, the last one stays
 * @param least difference that fills the height
 */
export function sparkline(values: readonly number[], width: number, least = 0.01): string {
  const step = Math.max(1, Math.ceil(values.length / width));
  const shown = values.filter((_, i) => (values.length - 1 - i) % step === 0);
  if (shown.length === 0) return '';
  const low = Math.min(...shown);
  const range = Math.max(Math.max(...shown) - low, least);
  return shown
    .map((value) => BARS[Math.round(((value - low) / range) * (BARS.length - 1))])
    .join('');
}
