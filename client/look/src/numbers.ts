/** Numbers and times as people of a language write them. */
export interface Numbers {
  whole(value: number): string;
  decimal(value: number): string;
  /** Three digits that mean something. */
  short(value: number): string;
  /** Two or three digits behind the point. */
  precise(value: number): string;
  percent(share: number): string;
  /** As {@link percent}, without a digit behind the point where it is 0. */
  tick(share: number): string;
  /** In kB, MB, GB. */
  bytes(count: number): string;
  /** From µs to hours. */
  duration(ms: number): string;
  /** Of one axis: all in the unit of the longest, also 0. */
  durations(ms: readonly number[]): string[];
  /** Time that is left, in whole seconds or minutes. */
  countdown(ms: number): string;
  /** Date and time of a moment, in milliseconds since 1970. */
  moment(at: number): string;
  /** How long ago something was: "3 minutes ago". */
  ago(ms: number): string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Units of an axis: its name, in milliseconds, and the longest duration that it begins with. */
const UNITS = [
  ['h', HOUR, 2 * HOUR],
  ['min', MINUTE, 2 * MINUTE],
  ['s', 1000, 1000],
  ['ms', 1, 1],
  ['µs', 0.001, 0.001],
] as const;

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
  const precise = format({ minimumFractionDigits: 2, maximumFractionDigits: 3 });
  const tick = format({ style: 'percent', maximumFractionDigits: 1 });
  const moment = later(
    () => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
  );
  const relative = later(() => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
  return {
    whole: (value) => whole.format(value),
    decimal: (value) => tenth.format(value),
    short: (value) => short.format(value),
    precise: (value) => precise.format(value),
    tick: (share) => tick.format(share),
    percent: (share) => percent.format(share),
    bytes: (count) => {
      if (count < 1000) return `${whole.format(count)}\u00a0B`;
      if (count < 1e6) return `${short.format(count / 1e3)}\u00a0kB`;
      return count < 1e9
        ? `${short.format(count / 1e6)}\u00a0MB`
        : `${short.format(count / 1e9)}\u00a0GB`;
    },
    duration: (ms) => {
      if (ms === 0) return `0\u00a0s`;
      if (ms < 1) return `${short.format(1000 * ms)}\u00a0µs`;
      if (ms < 1000) return `${short.format(ms)}\u00a0ms`;
      if (ms < 2 * MINUTE) return `${tenth.format(ms / 1000)}\u00a0s`;
      return ms < 2 * HOUR
        ? `${tenth.format(ms / MINUTE)}\u00a0min`
        : `${tenth.format(ms / HOUR)}\u00a0h`;
    },
    durations: (all) => {
      const longest = Math.max(...all);
      const [name, unit] = UNITS.find(([, , from]) => longest >= from) ?? ['s', 1000];
      return all.map((ms) => `${short.format(ms / unit)}\u00a0${name}`);
    },
    countdown: (ms) => {
      const seconds = Math.ceil(ms / 1000);
      return seconds < 120
        ? `${whole.format(seconds)}\u00a0s`
        : `${whole.format(Math.ceil(seconds / 60))}\u00a0min`;
    },
    moment: (at) => moment().format(at),
    ago: (ms) => {
      if (ms < MINUTE) return relative().format(-Math.round(ms / 1000), 'second');
      if (ms < HOUR) return relative().format(-Math.round(ms / MINUTE), 'minute');
      return ms < DAY
        ? relative().format(-Math.round(ms / HOUR), 'hour')
        : relative().format(-Math.round(ms / DAY), 'day');
    },
  };
}

/** Made when it is first asked for: a page that tells no times need not wait for their formats. */
function later<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
