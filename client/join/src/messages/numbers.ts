/** Numbers as people of a language write them; units stay with their numbers at line ends. */
export interface Numbers {
  whole(value: number): string;
  decimal(value: number): string;
  percent(share: number): string;
  /** In kB, MB. */
  bytes(count: number): string;
  /** In µs, ms or s. */
  duration(ms: number): string;
}

export function numbersOf(locale: string): Numbers {
  const format = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options);
  const whole = format({ maximumFractionDigits: 0 });
  const tenth = format({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const short = format({ maximumSignificantDigits: 3 });
  const percent = format({
    style: 'percent',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  return {
    whole: (value) => whole.format(value),
    decimal: (value) => tenth.format(value),
    percent: (share) => percent.format(share),
    bytes: (count) => {
      if (count < 1000) return `${whole.format(count)}\u00a0B`;
      return count < 1e6
        ? `${short.format(count / 1e3)}\u00a0kB`
        : `${short.format(count / 1e6)}\u00a0MB`;
    },
    duration: (ms) => {
      if (ms < 1) return `${short.format(1000 * ms)}\u00a0µs`;
      return ms < 100 ? `${short.format(ms)}\u00a0ms` : `${tenth.format(ms / 1000)}\u00a0s`;
    },
  };
}
