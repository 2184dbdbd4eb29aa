/** A curve without axes. */
interface SparklineProps {
  readonly values: readonly number[];
  readonly label: string;
}

const WIDTH = 120;
const HEIGHT = 32;
const EDGE = 3;

/** The lowest value stands at the bottom, the highest at the top. */
export function sparklinePath(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const spread = high - low || 1;
  const x = (i: number) => EDGE + ((WIDTH - 2 * EDGE) * i) / Math.max(1, values.length - 1);
  const y = (value: number) =>
    high === low ? HEIGHT / 2 : HEIGHT - EDGE - ((HEIGHT - 2 * EDGE) * (value - low)) / spread;
  return values
    .map((value, i) => `${i === 0 ? 'M' : 'L'}${x(i).toFixed(1)} ${y(value).toFixed(1)}`)
    .join('');
}

export function Sparkline({ values, label }: SparklineProps) {
  if (values.length < 2) return <span class="sparkline" />;
  const path = sparklinePath(values);
  const last = /L([\d.]+) ([\d.]+)$/.exec(path);
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <path d={path} />
      {last && <circle cx={last[1]} cy={last[2]} r="2.5" />}
    </svg>
  );
}
