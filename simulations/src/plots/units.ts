/** Numbers as people read them. */

/** A share as `97.31 %`. */
export function percentText(share: number, digits = 2): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** Bytes with three digits and a decimal unit: `864 kB`, `1.32 MB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? Math.round(value) : Number(value.toPrecision(3))} ${units[unit]}`;
}

/** Such as `42 s`, `7 min`, `2 h 5 min`. */
export function durationText(seconds: number): string {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
